import type { ChangeKind, ObjectType } from '../../domain/attribution/audit.js';

/**
 * An operation's name in one spelling: the trail mixes cases, en dashes and trailing blanks for the same
 * operation (graph fact sheet D.3).
 */
export const normalOperation = (name: string): string =>
  name
    .replace(/[\u2010-\u2015\u2212]/gu, '-')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();

const things =
  '(user|group|application|service principal|conditional access policy|named location|policy|device)';
const lifecycles: readonly (readonly [RegExp, ChangeKind])[] = [
  [new RegExp(`^(add|create) ${things}$`), 'create'],
  [/^invite external user$/, 'create'],
  [/^authentication strength policy (create|add)$/, 'create'],
  [new RegExp(`^(delete|remove) ${things}$`), 'softDelete'],
  [new RegExp(`^hard delete ${things}$`), 'hardDelete'],
  // Strengths have no recycle bin.
  [/^authentication strength policy delete$/, 'hardDelete'],
  [new RegExp(`^restore ${things}$`), 'restore'],
];

/**
 * What an operation does to the existence of its target, null when nothing. `Is Hard Deleted` in the row
 * outranks the name.
 */
export function lifecycleOf(operation: string, hardDeleted: boolean): ChangeKind | null {
  const name = normalOperation(operation);
  const kind = lifecycles.find(([pattern]) => pattern.test(name))?.[1] ?? null;
  return kind === 'softDelete' && hardDeleted ? 'hardDelete' : kind;
}

export function membershipOf(operation: string): 'addMember' | 'removeMember' | null {
  const name = normalOperation(operation);
  if (name === 'add member to group') return 'addMember';
  return name === 'remove member from group' ? 'removeMember' : null;
}

/** True when a directory role is given, false when one is taken, PIM's spellings included; else null. */
export function roleChangeOf(operation: string): boolean | null {
  const match = /^(add|remove) (?:[a-z]+ )?member (?:to|from) role\b/.exec(
    normalOperation(operation),
  );
  return match === null ? null : match[1] === 'add';
}

export interface RelationChange {
  readonly relation: 'assignment' | 'grant';
  readonly verb: 'add' | 'remove' | 'update';
}

/** App role assignments and delegated grants that come, go or change (graph fact sheet D.3). */
export function relationOf(operation: string): RelationChange | null {
  const name = normalOperation(operation);
  const match =
    /^(add|remove|update) (app role assignment|delegated permission grant|oauth2permissiongrant)\b/.exec(
      name,
    );
  if (match === null) return null;
  const relation = match[2] === 'app role assignment' ? 'assignment' : 'grant';
  return { relation, verb: match[1] as RelationChange['verb'] };
}

/** Who owns an application, service principal or group: true when an owner is added, null for other rows. */
export function ownerChangeOf(operation: string): boolean | null {
  const match = /^(add|remove) owner (?:to|from) /.exec(normalOperation(operation));
  return match === null ? null : match[1] === 'add';
}

export const switchesAccount = (operation: string): boolean =>
  /^(enable|disable) account$/.test(normalOperation(operation));

/** Operations that write a password; the trail never says which (graph fact sheet D.2). */
export const writesPassword = (operation: string): boolean =>
  /\bpassword\b|passwordprofile/.test(normalOperation(operation));

/** Agent ID objects come under the kind they derive from (backup fact sheet 6.1). */
const types: Readonly<Record<string, ObjectType>> = {
  user: 'user',
  agentuser: 'user',
  group: 'group',
  application: 'application',
  agentidentityblueprint: 'application',
  serviceprincipal: 'servicePrincipal',
  agentidentity: 'servicePrincipal',
  agentidentityblueprintprincipal: 'servicePrincipal',
  policy: 'policy',
  role: 'role',
  device: 'device',
  directory: 'organization',
  organization: 'organization',
  company: 'organization',
};

const policies: readonly (readonly [string, ObjectType])[] = [
  ['conditional access policy', 'conditionalAccessPolicy'],
  ['named location', 'namedLocation'],
  ['authentication methods policy', 'authenticationMethodPolicy'],
  ['authentication strength policy', 'authenticationStrengthPolicy'],
  ['authorization policy', 'authorizationPolicy'],
];

/** The kind of object; policies are told apart by the operation, their rows all say `Policy` or `Other`. */
export function objectTypeOf(targetType: string | null, operation: string): ObjectType {
  const name = normalOperation(operation);
  const policy = policies.find(([words]) => name.includes(words));
  if (policy !== undefined) return policy[1];
  return types[(targetType ?? '').replace(/\s+/g, '').toLowerCase()] ?? 'other';
}
