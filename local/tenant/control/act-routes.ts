import { z } from 'zod';
import { alertBody, alertForms, type AlertForm } from '../alert-forms.js';
import { contextsAsked } from '../identity/wishes.js';
import { personNames } from '../scenarios/world.js';
import { press } from '../teams/press.js';
import type { ControlWorld } from './control-world.js';
import { bodyOf, ControlProblem, personSchema, reach, type Route } from './routing.js';

const tokenBody = z.strictObject({
  person: personSchema,
  version: z.enum(['1.0', '2.0']).optional(),
  /** Of a claims challenge, as text; the person satisfies whatever context it asks for. */
  claims: z.string().optional(),
});
const pressBody = z.strictObject({
  person: personSchema,
  verb: z.string().min(1),
  incidentId: z.string().min(1).optional(),
  comment: z.string().optional(),
  waitMs: z.number().int().min(0).max(600_000).optional(),
});
const alertRequest = z.strictObject({
  form: z.enum(alertForms).default('incident'),
  name: z.guid().optional(),
});
const deviceBody = z.strictObject({
  userCode: z.string().min(1),
  person: personSchema,
  decline: z.boolean().optional(),
});

/** What people and Sentinel do: sign in, press buttons, raise the alert. */
export function actRoutes(world: ControlWorld): readonly Route[] {
  return [
    { method: 'GET', path: /^\/people$/, answer: async () => ({ people: peopleOf(world) }) },
    {
      method: 'POST',
      path: /^\/token$/,
      answer: async (request) => {
        const { person, version, claims = null } = bodyOf(request, tokenBody);
        const issued = await world.identity.issuer.toUser({
          userId: world.teams.people[person].id,
          clientId: world.apiAppId,
          resource: world.apiAppId,
          contexts: contextsAsked(claims),
          ...(version === undefined ? {} : { version }),
        });
        return { accessToken: issued.accessToken, expiresIn: issued.expiresIn };
      },
    },
    {
      method: 'POST',
      path: /^\/device$/,
      answer: async (request) => {
        const { userCode, person, decline } = bodyOf(request, deviceBody);
        const answer = decline === true ? 'declined' : { userId: world.teams.people[person].id };
        if (!world.identity.signIns.answerDevice(userCode, answer)) {
          throw new ControlProblem(404, 'CODE_UNKNOWN', 'No device waits with this code.');
        }
        return { accepted: decline !== true };
      },
    },
    {
      method: 'POST',
      path: /^\/press$/,
      answer: async (request) => {
        const wish = bodyOf(request, pressBody);
        const delivered = await reach(press(world.teams, dropUndefined(wish)));
        if (delivered === null) {
          throw new ControlProblem(404, 'CARD_NOT_FOUND', 'No card with that verb was posted.');
        }
        return { status: delivered.status, answer: delivered.answer };
      },
    },
    {
      method: 'GET',
      path: /^\/alert$/,
      answer: async (request) => {
        const query = alertRequest.safeParse(Object.fromEntries(request.url.searchParams));
        if (!query.success) {
          throw new ControlProblem(400, 'QUERY_INVALID', z.prettifyError(query.error));
        }
        return alertBody(world.alert, query.data.form, query.data.name ?? world.freshName());
      },
    },
    {
      method: 'POST',
      path: /^\/alert$/,
      answer: async (request) => {
        const { form, name = world.freshName() } = bodyOf(request, alertRequest);
        const delivered = await reach(raiseAlert(world, form, name));
        return { name, status: delivered.status, body: delivered.answer };
      },
    },
  ];
}

async function raiseAlert(world: ControlWorld, form: AlertForm, name: string) {
  const client = form === 'azureMonitor' ? world.actionGroupAppId : world.logicAppAppId;
  const token = await world.identity.issuer.toApp({ client, resource: world.apiAppId });
  return world.teams.deliver({
    method: 'POST',
    url: new URL('/api/alerts/sentinel', world.app.url).href,
    headers: {
      authorization: `Bearer ${token.accessToken}`,
      'content-type': 'application/json; charset=utf-8',
    },
    body: JSON.stringify(alertBody(world.alert, form, name)),
  });
}

function peopleOf(world: ControlWorld) {
  return personNames.map((person) => ({
    person,
    id: world.teams.people[person].id,
    displayName: world.teams.people[person].displayName,
    userPrincipalName: world.teams.people[person].userPrincipalName,
    roles: world.principals.appRoles(world.teams.people[person].id, 'api'),
  }));
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** An optional member that is undefined is left out, as `exactOptionalPropertyTypes` wants it. */
export function dropUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Defined<T>;
}
