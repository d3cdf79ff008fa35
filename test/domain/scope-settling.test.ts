import fc from 'fast-check';
import type { SettlingQuestion } from '../../shared/domain/incident/scope-settling.js';
import { sweepVerdict } from '../../shared/domain/incident/scope-settling.js';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 14) + minute * 60_000).toISOString();
const sweep = (minute: number, digest: string) => ({ startedAt: at(minute), digest });

const ask = (sweeps: SettlingQuestion['sweeps'], over: Partial<SettlingQuestion> = {}) =>
  sweepVerdict({
    sweeps,
    containmentProvenAt: at(0),
    lastActorWriteAt: null,
    settleMinutes: 15,
    maxSweeps: 4,
    measuredDelaySeconds: null,
    ...over,
  });

describe('the scope', () => {
  it.each<[string, boolean, SettlingQuestion['sweeps'], Partial<SettlingQuestion>]>([
    ['after one sweep', false, [sweep(20, 'a')], {}],
    [
      'when two sweeps agree and the later began late enough',
      true,
      [sweep(1, 'a'), sweep(15, 'a')],
      {},
    ],
    ['when they agree too early', false, [sweep(1, 'a'), sweep(14.9, 'a')], {}],
    ['when the last two differ', false, [sweep(1, 'a'), sweep(8, 'a'), sweep(16, 'b')], {}],
    ['when only distant sweeps agree', false, [sweep(1, 'a'), sweep(8, 'b'), sweep(16, 'a')], {}],
    [
      'when the actor wrote after the containment',
      false,
      [sweep(8, 'a'), sweep(16, 'a')],
      { lastActorWriteAt: at(5) },
    ],
    [
      'long after the last write of the actor',
      true,
      [sweep(8, 'a'), sweep(20, 'a')],
      { lastActorWriteAt: at(5) },
    ],
    [
      'when the last write lies long before',
      true,
      [sweep(1, 'a'), sweep(15, 'a')],
      { lastActorWriteAt: at(-60) },
    ],
    [
      'with rows that are known to arrive within 5 minutes',
      true,
      [sweep(1, 'a'), sweep(5, 'a')],
      { measuredDelaySeconds: 300 },
    ],
    [
      'with a measured delay under a fifth, before the fifth',
      false,
      [sweep(1, 'a'), sweep(2.9, 'a')],
      { measuredDelaySeconds: 2 },
    ],
    [
      'with a measured delay under a fifth, at the fifth',
      true,
      [sweep(1, 'a'), sweep(3, 'a')],
      { measuredDelaySeconds: 2 },
    ],
    [
      'with a measured delay above the time of the policy',
      true,
      [sweep(1, 'a'), sweep(15, 'a')],
      { measuredDelaySeconds: 7200 },
    ],
  ])('%s: settled is %s', (_case, settled, sweeps, over) => {
    const verdict = ask(sweeps, over);

    expect(verdict.settled).toBe(settled);
    expect(verdict.nextSweepAt === null).toBe(settled);
    expect(verdict.why).toMatch(/.{10}/);
  });

  it('that differs is swept again half the settle time later', () => {
    expect(ask([sweep(1, 'a'), sweep(8, 'b')])).toMatchObject({
      nextSweepAt: at(15.5),
      waiting: false,
    });
  });

  it('that never agrees waits in the open after the last sweep and goes on', () => {
    const sweeps = ['a', 'b', 'c', 'd'].map((digest, n) => sweep(n * 8, digest));

    expect(ask(sweeps)).toMatchObject({ settled: false, waiting: true, nextSweepAt: at(24 + 15) });
  });

  it('settles never before the settle time, and the next sweep lies always in the future', () => {
    const starts = fc.uniqueArray(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 6 });
    const digests = fc.array(fc.constantFrom('a', 'b'), { minLength: 6, maxLength: 6 });

    fc.assert(
      fc.property(starts, digests, fc.integer({ min: -30, max: 60 }), (minutes, names, wrote) => {
        const sweeps = [...minutes]
          .sort((a, b) => a - b)
          .map((minute, n) => sweep(minute, names[n]!));
        const verdict = ask(sweeps, { lastActorWriteAt: at(wrote) });
        const last = sweeps.at(-1)!;

        if (verdict.settled) {
          expect(last.digest).toBe(sweeps.at(-2)?.digest);
          expect(last.startedAt >= at(Math.max(0, wrote) + 15)).toBe(true);
        } else expect(verdict.nextSweepAt! > last.startedAt).toBe(true);
      }),
    );
  });
});
