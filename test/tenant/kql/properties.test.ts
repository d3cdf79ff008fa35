import fc from 'fast-check';
import type { KqlDatabase } from '../../../local/tenant/kql/index.js';
import { hasAnyTerm, hasTerm } from '../../../local/tenant/kql/strings.js';
import { rows } from './support.js';

const row = fc.tuple(
  fc.constantFrom('2026-03-09T10:00:00Z', '2026-03-09T10:00:00.0000001Z', '2026-03-10T00:00:00Z'),
  fc.option(fc.integer({ min: -5, max: 5 }), { nil: null }),
  fc.string({ maxLength: 6 }),
  fc.option(fc.constantFrom<unknown>({ k: 1 }, { k: 'x' }, [1, 2], [], 'text', 5), { nil: null }),
);

const database = (cells: readonly (readonly unknown[])[]): KqlDatabase => ({
  P: {
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'n', type: 'long' },
      { name: 's', type: 'string' },
      { name: 'd', type: 'dynamic' },
    ],
    rows: cells,
  },
});

const predicates = [
  'n > 0',
  'n == 0',
  'n != 2 and s contains "a"',
  "s has 'a' or n < 0",
  'n in (1, 2, 3)',
  'n between (-1 .. 1)',
  'd.k == 1',
  "tostring(d) has 'x'",
  'TimeGenerated > datetime(2026-03-09 10:00)',
  'iff(isnull(n), bool(null), n > 1)',
];

const tables = fc.array(row, { maxLength: 30 });
const predicate = fc.constantFrom(...predicates);
const count = (query: string, cells: KqlDatabase): number => Number(rows(query, cells)[0]?.[0]);

describe('laws of the operators', () => {
  it('every row satisfies a predicate, its negation, or has none of both', () => {
    fc.assert(
      fc.property(tables, predicate, (cells, p) => {
        const all = database(cells);
        const yes = count(`P | where ${p} | count`, all);
        const no = count(`P | where not(${p}) or isnull(${p}) | count`, all);

        expect(yes + no).toBe(cells.length);
      }),
    );
  });

  it('sort is a permutation in the order asked for', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const all = database(cells);
        const plain = rows('P | project n, s', all);
        const sorted = rows('P | project n, s | sort by n asc, s desc', all);
        const text = (list: unknown[][]) => list.map((cell) => JSON.stringify(cell)).sort();

        expect(text(sorted)).toEqual(text(plain));
        for (let at = 1; at < sorted.length; at++) {
          const [before, after] = [sorted[at - 1]?.[0], sorted[at]?.[0]] as (number | null)[];
          expect((before ?? -Infinity) <= (after ?? -Infinity)).toBe(true);
        }
      }),
    );
  });

  it('shards by hash are disjoint and complete', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 5 }), (cells, size) => {
        const all = database(cells);
        const parts = Array.from({ length: size }, (_, shard) =>
          count(`P | where hash(s, ${size}) == ${shard} | count`, all),
        );

        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(cells.length);
      }),
    );
  });

  it('groups cover the table and pages of row numbers put it together again', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const all = database(cells);
        const grouped = rows('P | summarize c = count() by n, s | summarize sum(c)', all);
        const ordered = 'P | sort by n asc, s asc | serialize rn = row_number()';
        const pages = ['rn <= 10', 'rn between (11 .. 20)', 'rn > 20'].flatMap((page) =>
          rows(`${ordered} | where ${page} | project n, s`, all),
        );

        expect(grouped).toEqual([[cells.length]]);
        expect(pages).toEqual(rows(`${ordered} | project n, s`, all));
      }),
    );
  });

  it('a semi join and an anti join divide the left side', () => {
    fc.assert(
      fc.property(tables, tables, (left, right) => {
        const all: KqlDatabase = {
          ...database(left),
          Q: { columns: [{ name: 'n', type: 'long' }], rows: right.map(([, n]) => [n]) },
        };
        const semi = count('P | join kind=leftsemi Q on n | count', all);
        const anti = count('P | join kind=leftanti Q on n | count', all);
        const outer = count('P | join kind=leftouter (Q | distinct n) on n | count', all);

        expect(semi + anti).toBe(left.length);
        expect(outer).toBe(left.length);
      }),
    );
  });

  it('text survives the way through a literal, a dynamic and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const all: KqlDatabase = {
          S: {
            columns: [
              { name: 's', type: 'string' },
              { name: 'd', type: 'dynamic' },
            ],
            rows: [[text, { value: text }]],
          },
        };

        expect(
          rows('S | project s == tostring(d.value), tostring(parse_json(tostring(d)).value)', all),
        ).toEqual([[true, text]]);
      }),
    );
  });

  it('a long list of terms is found exactly where one of its terms is', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', '1', '-', '_', ' ', 'ß', '\u{1d49c}'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(letters, fc.array(letters, { minLength: 1, maxLength: 12 }), (text, terms) => {
        expect(hasAnyTerm(terms)(text)).toBe(terms.some((term) => hasTerm(text, term)));
      }),
      { numRuns: 2_000 },
    );
  });
});
