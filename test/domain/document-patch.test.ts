import fc from 'fast-check';
import { documentPatch } from '../../shared/domain/plan/document-patch.js';
import { sameGraphValue } from '../../shared/domain/attribution/graph-values.js';
import type { Json } from '../../shared/domain/json.js';

interface JsonObject {
  readonly [member: string]: Json;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Complex members are merged, null takes one out, a list is replaced: as OData has it. */
function merged(before: Json, patch: Json): Json {
  if (!isObject(before) || !isObject(patch)) return patch;
  const result: Record<string, Json> = { ...before };
  for (const [name, value] of Object.entries(patch))
    result[name] = merged(result[name] ?? null, value);
  return result;
}

const name = fc.constantFrom('users', 'apps', 'include', 'exclude', 'operator');
const leaf = fc.oneof(
  fc.constantFrom<Json>('All', 'None', true, false, 1, null),
  fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
);
const part = fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf)));

describe('the patch of a policy', () => {
  it('turns what it is now into what it was, whatever the service merges', () => {
    fc.assert(
      fc.property(part, part, (then, now) => {
        const after = merged(now, documentPatch(then, now));

        expect(sameGraphValue('document', after, then as Json)).toBe(true);
      }),
    );
  });

  it.each<[string, Json]>([
    [
      'another strength',
      { authenticationStrength: { id: 'b', displayName: 'Phishing-resistant' } },
    ],
    ['none', null],
  ])('names the strength of a policy by its id alone where there is now %s', (_now, now) => {
    const then = {
      operator: 'OR',
      authenticationStrength: { id: 'a', displayName: 'MFA', allowedCombinations: ['fido2'] },
      'authenticationStrength@odata.context': 'x',
    };

    expect(documentPatch(then, now)).toEqual({
      operator: 'OR',
      authenticationStrength: { id: 'a' },
    });
  });

  it('keeps the type by which Graph tells kinds of values, and no other annotation', () => {
    const now = { '@odata.type': '#sms', 'includeTargets@odata.context': 'x', state: 'enabled' };

    expect(documentPatch({ state: 'disabled', 'a@odata.context': 'y' }, now)).toEqual({
      '@odata.type': '#sms',
      state: 'disabled',
    });
  });
});
