import type { Forecast, LockoutForecast, ResponderRole } from './forecast.js';
import type { PlannedObject } from './plan.js';
import type { Policy } from '../policy.js';
import { otherEndOf } from '../attribution/relations.js';
import {
  adminPortals,
  whoCanSignIn,
  type PolicyDocument,
  type SignInFacts,
  type SignInVerdict,
} from './sign-in-model.js';

const fewestBreakGlass = 2;

export interface Responder {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly ResponderRole[];
}

/** Everybody who must be able to act on the worst day, each once. */
export function respondersOf({ people, protected: { breakGlassIds } }: Policy): Responder[] {
  const byId = new Map<string, Responder>();
  const add = (id: string, name: string, role: ResponderRole): void => {
    const key = id.toLowerCase();
    const known = byId.get(key);
    byId.set(key, {
      id: key,
      name: known?.name ?? name,
      roles: [...(known?.roles ?? []), role],
    });
  };
  for (const { objectId, name } of people.operators) add(objectId, name, 'operator');
  for (const { objectId, name } of people.approvers) add(objectId, name, 'approver');
  for (const { objectId, name } of people.commanders) add(objectId, name, 'commander');
  for (const { objectId, name } of people.breakGlassApprovers) {
    add(objectId, name, 'breakGlassApprover');
  }
  for (const id of breakGlassIds) add(id, `break-glass account ${id}`, 'breakGlass');
  return [...byId.values()];
}

/** Whether a plan with this object can change who may sign in to act. */
export const concernsSignIn = (object: PlannedObject, responders: ReadonlySet<string>): boolean =>
  object.deltas.some(({ action }) => action !== null) &&
  (isPolicy(object) || responders.has(object.objectId.toLowerCase()));

/**
 * Who of the responders can sign in now, and who could once all these planned objects are as planned.
 * `changed` are the planned objects that concern signing in; the others cannot matter.
 */
export function forecastLockout(
  world: {
    readonly policies: readonly PolicyDocument[];
    readonly deleted: readonly PolicyDocument[];
    readonly ownAppId: string;
  },
  responders: readonly Responder[],
  facts: readonly SignInFacts[],
  changed: readonly PlannedObject[],
): LockoutForecast {
  const planned = {
    policies: plannedPolicies(world, changed),
    facts: facts.map((one) => plannedFacts(one, changed)),
  };
  const judge = (policies: readonly PolicyDocument[], of: readonly SignInFacts[]) =>
    responders.map((responder) => {
      // A break-glass account also acts where this product is not: in the portals.
      const appIds = [world.ownAppId, ...(isBreakGlass(responder) ? adminPortals : [])];
      const own = of.filter(({ id }) => id.toLowerCase() === responder.id);
      return whoCanSignIn({ policies, appIds }, own)[0] ?? unreadable(responder.id);
    });
  const now = judge(world.policies, facts);
  const after = judge(planned.policies, planned.facts);
  const people = responders.map((responder, index): Forecast => {
    const then = after[index] ?? unreadable(responder.id);
    return {
      ...responder,
      now: now[index]?.can ?? 'unknown',
      after: then.can,
      why: then.why,
      damaged: changed.some(({ objectId }) => objectId.toLowerCase() === responder.id),
    };
  });
  const breakGlassAfter = people.filter(
    (person) => isBreakGlass(person) && person.after === 'can',
  ).length;
  const refused = breakGlassAfter < fewestBreakGlass && changed.some(isPolicy);
  return { people, breakGlassAfter, refused, unread: null };
}

/** What is known when the rules cannot be read: nothing. */
export const unreadForecast = (
  responders: readonly Responder[],
  changed: readonly PlannedObject[],
  why: string,
): LockoutForecast => ({
  people: responders.map((responder) => ({
    ...responder,
    now: 'unknown',
    after: 'unknown',
    why: null,
    damaged: false,
  })),
  breakGlassAfter: 0,
  refused: changed.some(isPolicy),
  unread: why,
});

/**
 * One sentence for each person who could not sign in after the plan, or for whom it makes that uncertain;
 * break-glass accounts first. What was uncertain before stays in the forecast alone.
 */
export function forecastWarnings({
  people,
  breakGlassAfter,
  refused,
  unread,
}: LockoutForecast): string[] {
  const few = refused
    ? [
        `LOCK-OUT: after this plan ${breakGlassAfter} break-glass accounts could sign in for certain, fewer than ${fewestBreakGlass}. ` +
          'It can be approved only over HTTP by naming the line lockout.',
      ]
    : [];
  if (unread !== null) {
    return [...few, `The lock-out forecast could not be made, so nobody is sure: ${unread}`];
  }
  const kept = [...people]
    .sort((a, b) => Number(isBreakGlass(b)) - Number(isBreakGlass(a)))
    .filter(({ now, after }) => after === 'cannot' || (after === 'unknown' && now === 'can'))
    .map(({ name, roles, now, after, why }) => {
      const then =
        after === 'unknown'
          ? 'can sign in now, and perhaps no longer after this plan'
          : now === 'can'
            ? 'can sign in now, and could NOT after this plan'
            : 'could not sign in after this plan, as already now';
      return `${name} (${roles.join(', ')}) ${then}: ${why ?? 'unknown'}.`;
    });
  return [...few, ...kept];
}

function plannedPolicies(
  world: Pick<Parameters<typeof forecastLockout>[0], 'policies' | 'deleted'>,
  changed: readonly PlannedObject[],
): PolicyDocument[] {
  const byId = new Map(world.policies.map((policy) => [policy.id.toLowerCase(), policy]));
  const deleted = new Map(world.deleted.map((policy) => [policy.id.toLowerCase(), policy]));
  for (const { objectId, objectType, deltas } of changed) {
    if (objectType !== 'conditionalAccessPolicy') continue;
    const id = objectId.toLowerCase();
    for (const { action, property, then } of deltas) {
      // A policy that comes back with content nobody knows may keep anybody out.
      if (action === 'restore') byId.set(id, deleted.get(id) ?? unknownPolicy(objectId));
      if (action === 'softDelete') byId.delete(id);
      const before = byId.get(id);
      if (action === 'update' && then.known && before !== undefined) {
        byId.set(id, { ...before, [property]: then.value });
      }
    }
  }
  return [...byId.values()];
}

const unknownPolicy = (id: string): PolicyDocument => ({
  id,
  state: 'unknown',
  grantControls: { builtInControls: ['block'] },
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
  },
});

function plannedFacts(facts: SignInFacts, changed: readonly PlannedObject[]): SignInFacts {
  const own = changed.find(({ objectId }) => objectId.toLowerCase() === facts.id.toLowerCase());
  let { enabled } = facts;
  const groups = new Set(facts.groupIds.map((id) => id.toLowerCase()));
  for (const { action, property, then } of own?.deltas ?? []) {
    if (action === 'restore') enabled = true;
    if (action === 'softDelete') enabled = null;
    if (action === 'update' && property === 'accountEnabled' && then.known) {
      enabled = then.value === true;
    }
    const group = otherEndOf({ property });
    if (action === 'addMember' && group !== null) groups.add(group);
    if (action === 'removeMember' && group !== null) groups.delete(group);
  }
  return { ...facts, enabled, groupIds: [...groups] };
}

const isBreakGlass = ({ roles }: Pick<Forecast, 'roles'>): boolean =>
  roles.includes('breakGlass') || roles.includes('breakGlassApprover');

const isPolicy = ({ objectType }: PlannedObject): boolean =>
  objectType === 'conditionalAccessPolicy' || objectType === 'namedLocation';

const unreadable = (id: string): SignInVerdict => ({
  id,
  can: 'unknown',
  why: 'could not be read',
});
