import { askedFor, findingsOf, writesFor } from '../../functions/activities/execute/repairs.js';
import type { ObjectType } from '../../shared/domain/attribution/audit.js';
import type { Json } from '../../shared/domain/json.js';
import type { CurrentObject, Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import { damagedUser, delta, existence, plannedUser, userId } from '../support/activity-case.js';

const resource = userId(700);
const role = userId(701);
const assigned = `appRoleAssignments/${resource}/${role}`;
const granted = `oauth2PermissionGrants/${resource}/all`;

const known = (value: Json) => ({ known: true as const, value });
const planned = (objectType: ObjectType, ...deltas: Delta[]): PlannedObject =>
  plannedUser(1, { objectType, deltas });
const current = (
  objectType: ObjectType,
  properties: { readonly [property: string]: Json },
  over: Partial<CurrentObject> = {},
): CurrentObject => damagedUser(1, { objectType, properties, ...over });
const change = (property: string, then: Json, now: Json, over: Partial<Delta> = {}): Delta =>
  delta({ property, then: known(then), now: known(now), ...over });

describe('the writes that put an object back', () => {
  it('take out of a policy by name what was not there before, and keep what others changed', () => {
    const then = { users: { includeUsers: ['All'] } };
    const now = { users: { includeUsers: ['All'], excludeUsers: ['x'] }, platforms: { a: ['b'] } };
    const object = planned('conditionalAccessPolicy', change('conditions', then, now));

    const writes = writesFor(
      object,
      current('conditionalAccessPolicy', { conditions: now, state: 'enabled' }),
    );

    expect(writes).toEqual([
      {
        kind: 'update',
        objectId: userId(1),
        objectType: 'conditionalAccessPolicy',
        properties: {
          conditions: { users: { includeUsers: ['All'], excludeUsers: [] }, platforms: null },
        },
      },
    ]);
  });

  it('are one request for each method of a policy, and one for the rest of it', () => {
    const sms = 'authenticationMethodConfigurations/Sms';
    const fido = 'authenticationMethodConfigurations/Fido2';
    const off = { state: 'disabled' };
    const on = { state: 'enabled' };
    const object = planned(
      'authenticationMethodPolicy',
      change(sms, off, on),
      change(fido, on, off),
      change('reconfirmationInDays', 180, 0),
      change('description', 'a', 'b'),
    );
    const now = { [sms]: on, [fido]: off, reconfirmationInDays: 0, description: 'b' };

    const writes = writesFor(object, current('authenticationMethodPolicy', now));

    expect(writes.map((write) => write.kind === 'update' && Object.keys(write.properties))).toEqual(
      [['reconfirmationInDays', 'description'], [sms], [fido]],
    );
  });

  it('tell Graph which kind of named location it is', () => {
    const object = planned('namedLocation', change('isTrusted', false, true));
    const now = current('namedLocation', { isTrusted: true }, { variant: '#ip' });

    expect(writesFor(object, now)).toEqual([expect.objectContaining({ variant: '#ip' })]);
  });

  it.each<[string, Delta, Json, object]>([
    [
      'a taken app role',
      change(assigned, true, false, { action: 'addAssignment' }),
      false,
      { kind: 'addAssignment', resourceId: resource, appRoleId: role },
    ],
    [
      'a given app role',
      change(assigned, false, true, { action: 'removeAssignment' }),
      true,
      { kind: 'removeAssignment', resourceId: resource, appRoleId: role },
    ],
    [
      'a widened consent',
      change(granted, 'User.Read', 'User.Read Mail.Read'),
      'Mail.Read User.Read',
      { kind: 'setGrant', resourceId: resource, principalId: null, scope: 'User.Read' },
    ],
    [
      'a new consent',
      change(granted, null, 'Mail.Read'),
      'Mail.Read',
      { kind: 'setGrant', principalId: null, scope: null },
    ],
  ])('of %s name it by its natural key', (_what, one, now, expected) => {
    const object = planned('servicePrincipal', one);
    const name = one.property;

    expect(writesFor(object, current('servicePrincipal', { [name]: now }))).toEqual([
      expect.objectContaining({ objectId: userId(1), ...expected }),
    ]);
    expect(askedFor([object]).properties).toEqual([name]);
    const then = one.then.known ? one.then.value : null;
    expect(writesFor(object, current('servicePrincipal', { [name]: then }))).toEqual([]);
    expect(findingsOf(object, current('servicePrincipal', { [name]: 'Files.Read' }))).toEqual([
      expect.objectContaining({ finding: 'changedSince' }),
    ]);
  });

  it('of what hangs on a deleted object come after its restore, under the name that was chosen', () => {
    const restoreAs = { autoReconcileProxyConflict: true, newUserPrincipalName: 'a@b' };
    const object = planned(
      'user',
      existence('restore', { restoreAs }),
      change(assigned, true, false, { action: 'addAssignment' }),
    );

    const writes = writesFor(object, current('user', {}, { presence: 'softDeleted', daysLeft: 9 }));

    expect(writes).toEqual([
      expect.objectContaining({ kind: 'restore', restoreAs }),
      expect.objectContaining({ kind: 'addAssignment' }),
    ]);
  });
});
