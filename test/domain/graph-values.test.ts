import fc from 'fast-check';
import { coverageOf } from '../../shared/domain/coverage/coverage.js';
import { asGraphValue, sameGraphValue } from '../../shared/domain/attribution/graph-values.js';
import type { Json } from '../../shared/domain/json.js';
import {
  readProperty,
  selectNames,
  writeBody,
} from '../../shared/domain/attribution/property-paths.js';
import { parseAuditList, parseAuditValue } from '../../shared/domain/attribution/values.js';

const rowOf = (property: string) => coverageOf('user', property)!;

describe('a value in the form of Graph', () => {
  it.each<[string, string, Json]>([
    ['AccountEnabled', '[true]', true],
    ['AccountEnabled', '"True"', true],
    ['AccountEnabled', '"false"', false],
    ['Department', '["Sales"]', 'Sales'],
    ['Department', '[]', null],
    ['Department', '""', null],
    ['TelephoneNumber', '["+49 30 1"]', ['+49 30 1']],
    ['TelephoneNumber', '[]', []],
    ['OtherMail', '["a@x.test","b@x.test"]', ['a@x.test', 'b@x.test']],
    ['EmployeeHireDate', '["2026-01-31T00:00:00Z"]', '2026-01-31T00:00:00Z'],
  ])('%s %s is %j, however the row was read', (property, raw, value) => {
    for (const parse of [parseAuditValue, parseAuditList])
      expect(asGraphValue(rowOf(property), parse(raw))).toEqual({ known: true, value });
  });

  it.each([
    ['AccountEnabled', '[]'],
    ['AccountEnabled', '"perhaps"'],
    ['AccountEnabled', '[1]'],
    ['UserPrincipalName', '""'],
    ['DisplayName', '[]'],
    ['Department', '[7]'],
    ['Department', '["a","b"]'],
    ['TelephoneNumber', '[7]'],
    ['EmployeeHireDate', '["soon"]'],
    ['Department', '["cut off'],
  ])('%s %s cannot be written and is unknown', (property, raw) => {
    expect(asGraphValue(rowOf(property), parseAuditValue(raw)).known).toBe(false);
  });

  it('is compared as its kind demands', () => {
    expect(sameGraphValue('stringList', ['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameGraphValue('object', ['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameGraphValue('dateTime', '2026-01-31T00:00:00Z', '2026-01-31T00:00:00.0000000Z')).toBe(
      true,
    );
    expect(sameGraphValue('dateTime', '2026-01-31T00:00:00Z', null)).toBe(false);
    expect(sameGraphValue('dateTime', 'x', 'y')).toBe(false);
    expect(sameGraphValue('boolean', false, null)).toBe(false);
  });
});

describe('a nested property', () => {
  const first = 'onPremisesExtensionAttributes/extensionAttribute1';
  const second = 'onPremisesExtensionAttributes/extensionAttribute2';

  it('is selected by its outer name, once', () => {
    expect(selectNames(['department', first, second])).toEqual([
      'department',
      'onPremisesExtensionAttributes',
    ]);
  });

  it('is written without its siblings', () => {
    expect(writeBody({ department: 'Sales', [first]: 'x', [second]: null })).toEqual({
      department: 'Sales',
      onPremisesExtensionAttributes: { extensionAttribute1: 'x', extensionAttribute2: null },
    });
  });

  it('reads back as it was written, and as null where Graph leaves it out', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(readProperty(writeBody({ [first]: value }), first)).toBe(value);
      }),
    );
    expect(readProperty({ onPremisesExtensionAttributes: null }, first)).toBeNull();
    expect(readProperty({}, 'constructor')).toBeNull();
  });
});
