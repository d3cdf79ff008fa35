import fc from 'fast-check';
import { canonicalText, digestOf } from '../../shared/digest.js';
import type { RecordEntry } from '../../shared/domain/record.js';
import { chainEntry, firstPrev, verifyChain } from '../../shared/domain/record.js';

const entry = (seq: number, prev: string, over: Partial<RecordEntry> = {}) =>
  chainEntry(
    {
      at: `2026-11-20T14:00:${String(seq).padStart(2, '0')}.000Z`,
      kind: 'note',
      by: { id: 'p', name: 'Person' },
      summary: `Fact ${seq}`,
      ...over,
    },
    seq,
    prev,
    digestOf,
  );

function record(count: number, lastKind = 'closed'): string[] {
  const lines: string[] = [];
  let prev = firstPrev;
  for (let seq = 1; seq <= count; seq += 1) {
    const next = entry(seq, prev, seq === count ? { kind: lastKind } : {});
    lines.push(canonicalText(next));
    prev = next.hash;
  }
  return lines;
}

const verify = (lines: readonly string[], expectedHead?: string) =>
  verifyChain(lines, {
    canonicalText,
    digestOf,
    ...(expectedHead !== undefined && { expectedHead }),
  });
const hashOf = (line: string) => (JSON.parse(line) as RecordEntry).hash;

describe('a record', () => {
  it('as it was written is intact, closed or open, and ends with its last hash', () => {
    const lines = record(5);

    expect(verify(lines)).toEqual({ ok: true, entries: 5, head: hashOf(lines[4]!), closed: true });
    expect(verify(record(5, 'note'))).toMatchObject({ ok: true, closed: false });
    expect(verify(lines, hashOf(lines[4]!)).ok).toBe(true);
  });

  it('begins with a hash of nothing but zeros', () => {
    expect(entry(1, firstPrev).prev).toBe(`sha256:${'0'.repeat(64)}`);
  });

  it('takes only the named fields of a draft into its lines', () => {
    const draft = { ...entry(1, firstPrev), token: 'secret', hash: 'forged', seq: 99 };

    const chained = chainEntry(draft, 1, firstPrev, digestOf);

    expect(Object.keys(chained).sort()).toEqual([
      'at',
      'by',
      'hash',
      'kind',
      'prev',
      'seq',
      'summary',
    ]);
    expect(chained).toMatchObject({ seq: 1, hash: entry(1, firstPrev).hash });
  });

  const forged = (line: string, over: object): string => {
    const { hash: _hash, ...body } = { ...JSON.parse(line), ...over };
    return canonicalText({ ...body, hash: digestOf(body) });
  };
  it.each<[string, (lines: string[]) => string[], number]>([
    ['one word changed', (l) => l.with(2, l[2]!.replace('Fact 3', 'Fact x')), 3],
    ['an entry rewritten with its own hash', (l) => l.with(2, forged(l[2]!, { summary: 'x' })), 4],
    ['an entry missing', (l) => l.toSpliced(2, 1), 3],
    ['two entries exchanged', (l) => [l[0]!, l[2]!, l[1]!, l[3]!, l[4]!], 2],
    ['an entry repeated', (l) => l.toSpliced(2, 0, l[1]!), 3],
    ['its first entry missing', (l) => l.slice(1), 1],
    ['a blank added', (l) => l.with(1, ` ${l[1]!}`), 2],
    ['keys in another order', (l) => l.with(1, reordered(l[1]!)), 2],
    ['a key twice', (l) => l.with(1, l[1]!.replace('{', '{"at":"x",')), 2],
    ['an empty line', (l) => l.toSpliced(1, 0, ''), 2],
    ['a line that is no object', (l) => l.with(4, '[]'), 5],
    ['its last line cut off', (l) => l.with(4, l[4]!.slice(0, 40)), 5],
    ['a lone surrogate', (l) => l.with(1, l[1]!.replace('Fact', '\\ud800')), 2],
    ['a number without bounds', (l) => l.with(1, l[1]!.replace('"seq":2', '"seq":1e400')), 2],
  ])('with %s is broken at that entry', (_case, tamper, brokenAt) => {
    const verdict = verify(tamper(record(5)));

    expect(verdict).toMatchObject({ ok: false, brokenAt, why: expect.stringMatching(/.{10}/) });
    expect(verdict.entries).toBe(brokenAt - 1);
  });

  it('cut short at a whole line is found only by its expected head', () => {
    const lines = record(5);

    expect(verify(lines.slice(0, 4))).toMatchObject({ ok: true, entries: 4, closed: false });
    expect(verify(lines.slice(0, 4), hashOf(lines[4]!))).toMatchObject({ ok: false, brokenAt: 5 });
  });

  it('is broken by any changed byte', () => {
    const lines = record(4);

    fc.assert(
      fc.property(
        fc.nat(3),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (n, at, other) => {
          const line = lines[n]!;
          const index = at % line.length;
          fc.pre(line[index] !== other);

          expect(
            verify(lines.with(n, line.slice(0, index) + other + line.slice(index + 1))).ok,
          ).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const reordered = (line: string): string =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line) as object).reverse()));
