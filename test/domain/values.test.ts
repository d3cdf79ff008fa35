import fc from 'fast-check';
import type { Json } from '../../shared/domain/json.js';
import {
  NOT_STATED,
  displayValue,
  parseAuditList,
  parseAuditValue,
  sameValue,
} from '../../shared/domain/attribution/values.js';

describe('a value of an audit row', () => {
  it.each<[string, unknown, Json]>([
    ['JSON array with one element', '[true]', true],
    ['JSON array with one text', '["Sales"]', 'Sales'],
    ['JSON scalar in quotes', '"False"', 'False'],
    ['explicitly empty array', '[]', []],
    ['explicitly empty text', '""', ''],
    ['array with an empty text', '[""]', ''],
    ['JSON array with several elements', '["a","b"]', ['a', 'b']],
    ['JSON array with one object', '[{"MethodType":6}]', { MethodType: 6 }],
    ['number', '[3]', 3],
    ['text that looks like a list', '"[true]"', '[true]'],
    ['already parsed array of a dynamic column', [false], false],
    ['already parsed boolean', false, false],
  ])('in the form of a %s is known', (_form, raw, value) => {
    expect(parseAuditValue(raw)).toEqual({ known: true, value });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['absent', undefined],
    ['an empty cell', ''],
    ['the JSON null', 'null'],
    ['an array of null', '[null]'],
    ['an array cut off in the middle', '["+49 30 123'],
    ['a text cut off in the middle', '"Sal'],
    ['an object cut off in the middle', '{"state":"enab'],
    ['bare text', 'Sales'],
    ['not JSON at all', () => 1],
    ['not a number', Number.NaN],
  ])('that is %s is unknown, with a reason', (_form, raw) => {
    const value = parseAuditValue(raw);

    expect(value).toMatchObject({ known: false, why: expect.stringMatching(/.{10}/) });
    expect(parseAuditList(raw)).toMatchObject({ known: false });
  });

  it('that is not stated is told apart from one that is unreadable', () => {
    expect(parseAuditValue(null)).toEqual({ known: false, why: NOT_STATED });
    expect(parseAuditValue('["cut')).not.toEqual({ known: false, why: NOT_STATED });
  });

  it.each<[string, Json]>([
    ['["+49 30 1"]', ['+49 30 1']],
    ['"+49 30 1"', ['+49 30 1']],
    ['[]', []],
    ['["a","b"]', ['a', 'b']],
  ])('%s read as a list stays a list', (raw, value) => {
    expect(parseAuditList(raw)).toEqual({ known: true, value });
  });

  it('reads back what any writer of the three encodings wrote', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseAuditValue(JSON.stringify([text]))).toEqual({ known: true, value: text });
        expect(parseAuditValue(JSON.stringify(text))).toEqual({ known: true, value: text });
        expect(parseAuditList(JSON.stringify([text, text]))).toEqual({
          known: true,
          value: [text, text],
        });
      }),
    );
  });

  it('never becomes known by being cut off', () => {
    const written = fc
      .array(fc.string({ minLength: 1 }), { minLength: 1 })
      .map((texts) => JSON.stringify(texts));

    fc.assert(
      fc.property(written, fc.double({ min: 0, max: 0.999, noNaN: true }), (text, share) => {
        const cut = text.slice(0, Math.floor(text.length * share));

        expect(parseAuditValue(cut).known).toBe(false);
      }),
    );
  });
});

describe('two values', () => {
  it.each<[Json, Json, boolean]>([
    [null, '', true],
    [null, [], true],
    ['', [], true],
    [null, false, false],
    ['', 0, false],
    [[], false, false],
    ['Sales', 'sales', false],
    ['1', 1, false],
    ['true', true, false],
    [['a', 'b'], ['b', 'a'], false],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [['a'], 'a', false],
    [[null], null, false],
  ])('%j and %j: same is %s', (a, b, same) => {
    expect(sameValue(a, b)).toBe(same);
    expect(sameValue(b, a)).toBe(same);
  });

  it('that are lists are the same set whatever their order and repetitions', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (items) => {
        const shuffled = [...items, items[0]!].reverse();

        expect(sameValue(items, shuffled, { asSets: true })).toBe(true);
        expect(sameValue(items, [...items, 'one more'], { asSets: true })).toBe(
          items.includes('one more'),
        );
      }),
    );
  });
});

describe('a value shown to people', () => {
  it.each<[Json, string]>([
    ['Sales', 'Sales'],
    [null, '(empty)'],
    [[], '(empty)'],
    ['', '(empty)'],
    [false, 'false'],
    [['a', 'b'], '["a","b"]'],
    ['one\r\ntwo', 'one two'],
    ['safe\u202Egnp.exe', 'safegnp.exe'],
    ['a\u0000b\u200Bc', 'abc'],
  ])('%j is shown as %s', (value, shown) => {
    expect(displayValue({ known: true, value })).toBe(shown);
  });

  it('is never longer than asked, never cut inside a character and holds no control marks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 9, max: 120 }),
        (value, max) => {
          const shown = displayValue({ known: true, value }, max);

          expect(shown.length).toBeLessThanOrEqual(max);
          expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        },
      ),
    );
  });

  it('that is unknown says so instead of looking empty', () => {
    expect(displayValue({ known: false, why: NOT_STATED })).toBe('(unknown)');
  });
});
