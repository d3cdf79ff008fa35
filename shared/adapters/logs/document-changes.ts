import type { ObjectType, PropertyChange } from '../../domain/attribution/audit.js';
import type { Json, Known } from '../../domain/json.js';
import { known, unknown } from '../../domain/json.js';
import { sameGraphValue } from '../../domain/attribution/graph-values.js';

type Policy = { readonly [member: string]: Json };

/** Rows of these kinds state the whole policy, old and new, as JSON text in one property (D.5). */
const documents: Readonly<Partial<Record<ObjectType, string>>> = {
  conditionalAccessPolicy: 'conditionalaccesspolicy',
  namedLocation: 'namedlocation',
  authenticationMethodPolicy: 'authenticationmethodspolicy',
  authenticationStrengthPolicy: 'authenticationstrengthpolicy',
};

/** What the service writes by itself, or derives from the rest. */
const notSettable = new Set([
  'id',
  'createddatetime',
  'modifieddatetime',
  'lastmodifieddatetime',
  'deleteddatetime',
  'templateid',
  'policyversion',
  'requirementssatisfied',
]);

/**
 * Kinds whose rows may state single settings in place of the whole, under names that are not published:
 * the authentication methods policy since April 2026 (Entra release notes of that month).
 */
export const statesParts = (objectType: ObjectType): boolean =>
  objectType === 'authenticationMethodPolicy';

const part = unknown('the audit row states single settings and not the policy');

/** Such a row: something in the policy changed, and which member it is cannot be told. */
export const somePart: PropertyChange = {
  property: 'AuthenticationMethodsPolicy',
  before: part,
  after: part,
};

/** True for the property that holds a whole policy. */
export const isDocument = (objectType: ObjectType, property: string): boolean =>
  documents[objectType] === property.trim().toLowerCase();

/**
 * One change per top-level member that differs between the old and the new policy, methods of the
 * authentication methods policy one by one. A side that is cut off, unreadable or not a whole policy
 * makes the row say only that something changed: one change of the property itself, both sides unknown.
 */
export function documentChanges(
  property: string,
  oldValue: unknown,
  newValue: unknown,
): readonly PropertyChange[] {
  const methods = property.trim().toLowerCase() === documents.authenticationMethodPolicy;
  const [before, after] = [readPolicy(oldValue, methods), readPolicy(newValue, methods)];
  if (!before.known || !after.known) {
    const why = before.known ? (after as { why: string }).why : before.why;
    return [{ property, before: unknown(why), after: unknown(why) }];
  }
  const [old, next] = [membersOf(before.value as Policy), membersOf(after.value as Policy)];
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .sort()
    .filter((name) => !sameGraphValue('document', old[name] ?? null, next[name] ?? null))
    .map((name) => ({
      property: name,
      // A whole policy states what it does not name: there was none.
      before: known(old[name] ?? null),
      after: known(next[name] ?? null),
    }));
}

function readPolicy(raw: unknown, withMethods: boolean): Known {
  const value = unfolded(raw);
  if (value === null || value === undefined || value === '') {
    return unknown('the audit row does not state the policy');
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return unknown('the policy in the audit row is cut off or unreadable');
  }
  const policy = value as Policy;
  const isNamed = typeof policy['displayName'] === 'string';
  const isWhole = withMethods
    ? isNamed && Array.isArray(policy['authenticationMethodConfigurations'])
    : isNamed || typeof policy['id'] === 'string';
  return isWhole ? known(policy) : unknown('the policy in the audit row is not a whole one');
}

/** JSON text, JSON text inside JSON text, or an array of one of them. */
function unfolded(raw: unknown): unknown {
  let value = raw;
  for (let depth = 0; depth < 3; depth += 1) {
    if (typeof value === 'string') {
      try {
        value = JSON.parse(value) as unknown;
      } catch {
        return value;
      }
    } else if (Array.isArray(value) && value.length === 1) value = value[0];
    else return value;
  }
  return value;
}

function membersOf(policy: Policy): Record<string, Json> {
  const members: Record<string, Json> = {};
  for (const [name, value] of Object.entries(policy)) {
    if (notSettable.has(name.toLowerCase()) || name.includes('@')) continue;
    if (name === 'authenticationMethodConfigurations' && Array.isArray(value)) {
      for (const method of value as readonly Json[]) addMethod(members, method);
    } else members[name] = value;
  }
  return members;
}

function addMethod(members: Record<string, Json>, method: Json): void {
  const id = (method as Policy | null)?.['id'];
  if (typeof id !== 'string' || !/^[A-Za-z0-9-]+$/.test(id)) return;
  members[`authenticationMethodConfigurations/${id}`] = method;
}
