import fc from 'fast-check';
import { driftPercent } from '../../shared/domain/drift.js';
import type { Tally } from '../../shared/domain/outcome.js';
import { outcomeOf, truthfulOutcome } from '../../shared/domain/outcome.js';
import { planWaves } from '../../shared/domain/waves.js';
import { policy } from './support/incidents.js';

describe('waves', () => {
  it('begin with one object, then 25, then what the budget writes in 30 seconds', () => {
    const waves = planWaves(1000, policy().execution);

    expect(waves.slice(0, 3)).toEqual([
      { from: 0, to: 1, canary: true },
      { from: 1, to: 26, canary: true },
      { from: 26, to: 506, canary: false },
    ]);
  });

  it('hold every object exactly once, never more than 500 of them, whatever the policy', () => {
    const execution = fc.record({
      requests: fc.integer({ min: 1, max: 100_000 }),
      perSeconds: fc.integer({ min: 1, max: 300 }),
      writeBudget: fc.double({ min: 0.01, max: 1, noNaN: true }),
      canary: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3 }),
    });

    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1200 }), execution, (planned, parts) => {
        const { requests, perSeconds, writeBudget, canary } = parts;
        const waves = planWaves(planned, {
          ...policy().execution,
          writeQuota: { requests, perSeconds },
          writeBudget,
          canary,
        });

        expect(waves[0]?.from ?? 0).toBe(0);
        expect(waves.at(-1)?.to ?? 0).toBe(planned);
        const odd = waves.filter(
          ({ from, to }, n) => to <= from || to - from > 500 || from !== (waves[n - 1]?.to ?? 0),
        );
        expect(odd).toEqual([]);
      }),
    );
  });
});

describe('drift', () => {
  it.each([
    [0, 0, 0],
    [5, 0, 0],
    [1, 100, 1],
    [48, 4800, 1],
    [49, 4800, 49 / 48],
  ])('%i of %i planned objects is %d percent', (drifted, planned, percent) => {
    expect(driftPercent(drifted, planned)).toBeCloseTo(percent, 10);
  });
});

describe('the outcome', () => {
  const tally = (over: Partial<Tally> = {}): Tally => ({
    planned: 10,
    applied: 10,
    skipped: 0,
    failed: 0,
    verified: 10,
    mismatched: 0,
    pending: 0,
    stopped: null,
    ...over,
  });

  it.each<[string, Partial<Tally>, string]>([
    ['everything read back as planned', {}, 'recovered'],
    ['one object skipped', { applied: 9, skipped: 1, verified: 9 }, 'partiallyRecovered'],
    ['one object failed', { applied: 9, failed: 1, verified: 9 }, 'partiallyRecovered'],
    ['one object mismatched', { verified: 9, mismatched: 1 }, 'partiallyRecovered'],
    ['one object not read back yet', { verified: 9, pending: 1 }, 'partiallyRecovered'],
    ['nothing read back', { applied: 0, failed: 10, verified: 0 }, 'failed'],
    ['all written, none confirmed', { verified: 0, pending: 10 }, 'failed'],
    ['cancelled half-way', { applied: 5, verified: 5, stopped: 'cancelled' }, 'cancelled'],
    ['expired half-way', { applied: 5, verified: 5, stopped: 'expired' }, 'partiallyRecovered'],
  ])('%s', (_case, over, outcome) => {
    const end = outcomeOf(tally(over));

    expect(end.outcome).toBe(outcome);
    expect(end.why).toContain(`${tally(over).applied} written`);
  });

  it('is recovered only when every planned object was read back', () => {
    const some = fc.nat({ max: 20 });

    fc.assert(
      fc.property(
        some,
        some,
        some,
        some,
        some,
        (verified, mismatched, pending, failed, skipped) => {
          const planned = verified + mismatched + pending + failed + skipped;
          fc.pre(planned > 0);
          const { outcome } = outcomeOf(
            tally({ planned, verified, mismatched, pending, failed, skipped }),
          );

          expect(outcome === 'recovered').toBe(verified === planned);
          expect(outcome === 'failed').toBe(verified === 0);
        },
      ),
    );
  });

  it.each(['nothingToRecover', 'failed', 'expired', 'rejected'] as const)(
    'claimed as %s does not hide what was written',
    (claimed) => {
      const execution = {
        executor: 'surgical',
        waves: [],
        applied: 1,
        skipped: 0,
        failed: 0,
      } as const;

      expect(truthfulOutcome(claimed, { execution })).toBe('partiallyRecovered');
      expect(truthfulOutcome(claimed, { execution: null })).toBe(claimed);
    },
  );
});
