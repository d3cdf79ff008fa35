import { startBody, started, type StartBody } from '../../shared/contracts/http.js';
import type { Person } from '../../shared/domain/identities.js';
import type { ActorHint, Intake } from '../../shared/domain/incident/intake.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { door } from './door.js';
import { heldKey } from './idempotency.js';
import { openOrJoin } from './open-incident.js';

/** `POST /incidents`: a commander opens by hand, and is a diagnostician from then on. */
export const startIncident = door<PersonCaller, StartBody>({
  name: 'startIncident',
  method: 'POST',
  route: 'incidents',
  summary: 'Open an incident by hand, from an actor or from damaged objects.',
  access: people('Incident.Commander'),
  body: startBody,
  answers: { 202: { description: 'The incident.', schema: started } },
  handle: async ({ request, body, caller, services, context }) => {
    const now = new Date(services.clock.now()).toISOString();
    if (body.window.from >= now) throw badField('window.from', 'from lies in the future');
    const by = asPerson(caller);
    const key = await heldKey(services, request, by, body);
    const unique = key ?? globalThis.crypto.randomUUID();
    const intake = intakeOf(body, by, unique, now);
    return { status: 202, json: await openOrJoin(services, context, intake, by) };
  },
});

function intakeOf(body: StartBody, by: Person, key: string, now: string): Intake {
  const { title, actor, targets, window, cause, note } = body;
  const end = window.to !== undefined && window.to <= now ? window.to : null;
  return {
    source: 'commander',
    key: { kind: 'commander', value: `${by.id}${key}` },
    alertIds: [],
    title,
    severity: null,
    window: { from: window.from, to: end ?? now },
    // Said again later, the same request must not widen the window to that later now.
    ...(end !== null ? {} : { windowGuessed: true as const }),
    hints: actor === undefined ? [] : [hintOf(actor, by)],
    targets:
      targets === undefined
        ? null
        : {
            objectIds: targets.objectIds ?? [],
            objectType: targets.objectType ?? null,
            property: targets.property ?? null,
            operation: targets.operation ?? null,
          },
    cause,
    labels: [],
    openedBy: by,
    note: note ?? null,
    references: {},
  };
}

function hintOf(actor: NonNullable<StartBody['actor']>, by: Person): ActorHint {
  const isApp = actor.servicePrincipalId !== undefined || actor.appId !== undefined;
  return {
    kind: isApp ? 'servicePrincipal' : 'user',
    objectId: actor.userId ?? actor.servicePrincipalId ?? null,
    userPrincipalName: actor.userPrincipalName?.toLowerCase() ?? null,
    appId: actor.appId ?? null,
    displayName: null,
    reason: `named by ${by.name}`,
  };
}

const badField = (path: string, message: string): RewindError =>
  new RewindError('VALIDATION_FAILED', 'The request does not fit; see errors.', {
    issues: [{ path, code: 'custom', message }],
  });
