import type {
  AttributionContext,
  GroupState,
} from '../../../shared/domain/attribution/attribution-context.js';
import type {
  AuditEvent,
  ChangeKind,
  ObjectHistory,
  ObjectType,
} from '../../../shared/domain/attribution/audit.js';
import type { CurrentObject } from '../../../shared/domain/plan/plan.js';
import { parseAuditValue } from '../../../shared/domain/attribution/values.js';
import { guid } from './incidents.js';

export const ACTOR = guid(0xaaaa);
export const OTHER = guid(0x0ddd);
export const OURS = guid(0x0505);
export const OBJECT = guid(1);
export const GROUP = guid(0x6666);

export const recoveryPointAt = '2026-11-20T02:00:00Z';

/** The `n`th second after 14:00, in the precision of the audit trail. */
export const second = (n: number): string => {
  const at = new Date(Date.UTC(2026, 10, 20, 14) + n * 1000).toISOString();
  return `${at.slice(0, -1)}0001Z`;
};

let rows = 0;

type EventParts = Partial<Omit<AuditEvent, 'by' | 'changes'>> & {
  readonly by?: string | null;
  /** Property, old and new value as the audit row has them. */
  readonly changes?: readonly (readonly [string, unknown, unknown])[];
};

/** One successful row by the actor; a test states only what matters. */
export function row(n: number, parts: EventParts = {}): AuditEvent {
  const { by = ACTOR, changes = [], ...rest } = parts;
  rows += 1;
  return {
    id: `Directory_${String(rows).padStart(6, '0')}`,
    at: second(n),
    operation: 'Update user',
    correlationId: guid(rows),
    succeeded: true,
    by: { kind: 'user', id: by, name: null, clientName: null, ipAddress: null },
    kind: 'update',
    objectId: OBJECT,
    objectType: 'user',
    objectName: 'User 1',
    groupId: null,
    groupName: null,
    changes: changes.map(([property, before, after]) => ({
      property,
      before: parseAuditValue(before),
      after: parseAuditValue(after),
    })),
    ...rest,
  };
}

/** A change of one property, values as plain JSON that the trail wraps in an array. */
export const change = (
  n: number,
  by: string | null,
  property: string,
  before: unknown,
  after: unknown,
): AuditEvent =>
  row(n, { by, changes: [[property, JSON.stringify([before]), JSON.stringify([after])]] });

export const lifecycle = (n: number, by: string, kind: ChangeKind): AuditEvent =>
  row(n, { by, kind, operation: kind });

export const membershipRow = (n: number, by: string, kind: 'addMember' | 'removeMember') =>
  row(n, { by, kind, operation: 'Add member to group', groupId: GROUP, groupName: 'Staff' });

export const history = (
  events: readonly AuditEvent[],
  objectType: ObjectType = 'user',
): ObjectHistory => ({ objectId: OBJECT, objectType, name: 'User 1', events });

export const currentUser = (over: Partial<CurrentObject> = {}): CurrentObject => ({
  objectId: OBJECT,
  objectType: 'user',
  displayName: 'User 1',
  presence: 'present',
  daysLeft: null,
  synced: false,
  privileged: false,
  properties: {},
  memberOf: [],
  ...over,
});

export const group = (over: Partial<GroupState> = {}): GroupState => ({
  dynamic: false,
  roleAssignable: false,
  synced: false,
  deleted: false,
  ...over,
});

export const context = (over: Partial<AttributionContext> = {}): AttributionContext => ({
  actorIds: new Set([ACTOR]),
  recoveryPointAt,
  protectedIds: new Set(),
  writableByUs: false,
  policy: { includeCreated: false, includeMixed: 'surgical' },
  groups: new Map([[GROUP, group()]]),
  ourId: OURS,
  ...over,
});
