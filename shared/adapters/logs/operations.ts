import type { ChangeKind, ObjectType } from '../../domain/audit.js';

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
  [new RegExp(`^(delete|remove) ${things}$`), 'softDelete'],
  [new RegExp(`^hard delete ${things}$`), 'hardDelete'],
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

export const switchesAccount = (operation: string): boolean =>
  /^(enable|disable) account$/.test(normalOperation(operation));

/** Operations that write a password; the trail never says which (graph fact sheet D.2). */
export const writesPassword = (operation: string): boolean =>
  /\bpassword\b|passwordprofile/.test(normalOperation(operation));

const types: Readonly<Record<string, ObjectType>> = {
  user: 'user',
  group: 'group',
  application: 'application',
  serviceprincipal: 'servicePrincipal',
  policy: 'policy',
  role: 'role',
  device: 'device',
};

/** The kind of object; policies are told apart by the operation, their rows all say `Policy` or `Other`. */
export function objectTypeOf(targetType: string | null, operation: string): ObjectType {
  const name = normalOperation(operation);
  if (name.includes('conditional access policy')) return 'conditionalAccessPolicy';
  if (name.includes('named location')) return 'namedLocation';
  return types[(targetType ?? '').replace(/\s+/g, '').toLowerCase()] ?? 'other';
}
