import fc from 'fast-check';
import { backoffMs, retryAfterMs } from '../../shared/adapters/retry-after.js';

const now = Date.UTC(2026, 10, 20, 14, 30);
const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now);

describe('the wait a service asks for', () => {
  it.each<[Record<string, string>, number | null]>([
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after': '2.128' }, 2128],
    [{ 'retry-after': ' 5 ' }, 5000],
    [{ 'Retry-After': '5' }, 5000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 14:31:00 GMT' }, 60_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 14:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'x-ms-retry-after-ms': '250' }, 250],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '1e9' }, null],
    [{ 'retry-after': '0x10' }, null],
    [{}, null],
  ])('%j is %s ms', (headers, expected) => {
    expect(read(headers)).toBe(expected);
  });

  it('is null or a wait that can be slept, whatever the header says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789.-+: ,aGMTFriNov'.split(/(?:)/u)) }),
        (text) => {
          const wait = read({ 'retry-after': text });

          expect(wait === null || (Number.isFinite(wait) && wait >= 0)).toBe(true);
        },
      ),
    );
  });
});

describe('the wait without advice', () => {
  it('doubles up to a bound and is never less than half of it', () => {
    const waits = [1, 2, 3, 10].map((attempt) => [
      backoffMs(attempt, () => 0),
      backoffMs(attempt, () => 1),
    ]);

    expect(waits).toEqual([
      [500, 1000],
      [1000, 2000],
      [2000, 4000],
      [15_000, 30_000],
    ]);
  });
});
