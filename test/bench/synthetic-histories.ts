import type { AuditEvent, ObjectHistory } from '../../shared/domain/attribution/audit.js';
import { known, type Json } from '../../shared/domain/json.js';
import type { CurrentObject } from '../../shared/domain/plan/plan.js';

export const actorId = '0000aaaa-0000-4000-8000-000000000000';
export const recoveryPointAt = '2026-11-20T02:00:00Z';
export const deltasPerObject = 2;
export const eventsPerObject = 4;

const colleagueId = '00000ddd-0000-4000-8000-000000000000';
/** Every fifth object carries somebody else's changes as well; half of those overwrite the actor's. */
const mixedEvery = 5;
const overwrittenEvery = 10;

/**
 * The history of the `index`th damaged user: four rows since the recovery point and before it, two
 * differences. Four of five users were disabled and lost their department to the actor alone. Of the
 * others, one half has a new job title by a colleague, the other half a department that the colleague
 * set after the actor had.
 */
export function syntheticHistory(index: number): ObjectHistory {
  const user = userOf(index);
  const early = [
    user.row(1, colleagueId, 'MobilePhone', '+49 30 1', '+49 30 2', '2026-11-18'),
    user.row(2, colleagueId, 'City', 'Bonn', 'Berlin', '2026-11-19'),
  ];
  const disabled = user.row(3, actorId, 'AccountEnabled', true, false);
  const wiped = user.row(4, actorId, 'Department', 'Sales', '');
  const events =
    index % mixedEvery !== 0
      ? [...early, disabled, wiped]
      : index % overwrittenEvery !== 0
        ? [...early, disabled, user.row(5, colleagueId, 'JobTitle', 'Clerk', 'Lead')]
        : [...early.slice(1), disabled, wiped, user.row(6, colleagueId, 'Department', '', 'Legal')];
  return { objectId: user.id, objectType: 'user', name: user.name, events };
}

/** The same user as the directory shows it now; `id` as in the history. */
export function syntheticCurrent(id: string): CurrentObject {
  const index = Number.parseInt(id.slice(0, 8), 16);
  const department =
    index % mixedEvery !== 0 ? '' : index % overwrittenEvery !== 0 ? 'Sales' : 'Legal';
  return {
    objectId: id,
    objectType: 'user',
    displayName: userOf(index).name,
    presence: 'present',
    daysLeft: null,
    synced: false,
    privileged: false,
    properties: { accountEnabled: false, department, jobTitle: 'Lead', city: 'Berlin' },
    memberOf: [],
  };
}

/** How many differences of each class `objects` of these users have. */
export function expectedClasses(objects: number) {
  const mixed = Math.ceil(objects / mixedEvery);
  const overwritten = Math.ceil(objects / overwrittenEvery);
  return {
    actorOnly: (objects - mixed) * 2,
    mixed: mixed + overwritten,
    otherOnly: mixed - overwritten,
  };
}

function userOf(index: number) {
  const id = `${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000001`;
  const name = `Employee ${index}`;
  const row = (
    place: number,
    by: string,
    property: string,
    before: Json,
    after: Json,
    day = '2026-11-20',
  ): AuditEvent => ({
    id: `Directory_${index.toString(16).padStart(8, '0')}_${place}_8842377`,
    at: `${day}T14:${String(30 + place).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}.1234567Z`,
    operation: 'Update user',
    correlationId: `${index.toString(16).padStart(8, '0')}-0000-4000-9000-00000000000${place}`,
    succeeded: true,
    by: {
      kind: 'user',
      id: by,
      name: by === actorId ? 'Jonas Junior' : 'Petra Administrator',
      clientName: 'Microsoft Graph Command Line Tools',
      ipAddress: '203.0.113.7',
    },
    kind: 'update',
    objectId: id,
    objectType: 'user',
    objectName: name,
    groupId: null,
    groupName: null,
    changes: [{ property, before: known(before), after: known(after) }],
  });
  return { id, name, row };
}
