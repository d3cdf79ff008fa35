import fc from 'fast-check';
import { driftPercent } from '../../shared/domain/plan/drift.js';
import type { Outcome } from '../../shared/domain/incident/incident.js';
import type { Tally } from '../../shared/domain/plan/outcome.js';
import { outcomeOf, truthfulOutcome } from '../../shared/domain/plan/outcome.js';
import { planStages, type StageCount } from '../../shared/domain/plan/plan.js';
import { planWaves, stopsTheRun } from '../../shared/domain/plan/waves.js';
import { policy } from './support/incidents.js';

const run = (
  objects: number,
  stage: StageCount['stage'] = 'users',
  executor: StageCount['executor'] = 'surgical',
): StageCount => ({ executor, stage, objects });

describe('waves', () => {
  const { execution } = policy();

  it('begin with one object, then 25, then what the budget writes in 30 seconds', () => {
    const waves = planWaves([run(1000, null)], execution);

    expect(waves.slice(0, 3)).toEqual([
      { from: 0, to: 1, canary: true, executor: 'surgical' },
      { from: 1, to: 26, canary: true, executor: 'surgical' },
      { from: 26, to: 506, canary: false, executor: 'surgical' },
    ]);
  });

  it('end where a stage ends, keep to the quota of policies, and fit native jobs', () => {
    const stages = [
      run(26, 'canary'),
      run(3, 'pinned'),
      run(30, 'controlPlane'),
      run(600, 'users'),
      run(2, 'canary', 'native'),
      run(250, 'groups', 'native'),
      run(101, 'users', 'handOff'),
    ];

    const waves = planWaves(stages, execution).map(
      ({ from, to, canary, executor }) => `${executor} ${to - from}${canary ? ' canary' : ''}`,
    );

    expect(waves).toEqual([
      ...['surgical 1 canary', 'surgical 25 canary', 'surgical 3'],
      ...['surgical 24', 'surgical 6', 'surgical 480', 'surgical 120'],
      ...['native 1 canary', 'native 1 canary', 'native 100', 'native 100', 'native 50'],
      ...['handOff 100', 'handOff 1'],
    ]);
  });

  it('hold every object exactly once, never more than 500 of them, whatever the policy', () => {
    const parts = fc.record({
      requests: fc.integer({ min: 1, max: 100_000 }),
      perSeconds: fc.integer({ min: 1, max: 300 }),
      writeBudget: fc.double({ min: 0.01, max: 1, noNaN: true }),
      canary: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3 }),
    });
    const stages = fc.array(
      fc.record({
        executor: fc.constantFrom('surgical', 'native', 'handOff'),
        stage: fc.constantFrom(...planStages),
        objects: fc.integer({ min: 0, max: 700 }),
      }),
      { maxLength: 4 },
    );

    fc.assert(
      fc.property(stages, parts, (counts, { requests, perSeconds, writeBudget, canary }) => {
        const planned = counts.reduce((sum, { objects }) => sum + objects, 0);
        const waves = planWaves(counts, {
          ...execution,
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

  it.each([
    [500, 0, false],
    [0, 2, false],
    [0, 3, true],
    [3, 3, false],
    [3, 4, true],
    [400, 100, false],
  ])('with %i written and %i failed: hold the run %s', (applied, failed, holds) => {
    expect(stopsTheRun({ applied, failed })).toBe(holds);
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

  const known = (applied: number, verified: number | null, expected = 10) => ({
    execution: { executor: 'surgical', waves: [], applied, skipped: 0, failed: 0 } as const,
    plan: null,
    verification:
      verified === null
        ? null
        : { verified, expected, mismatched: 0, pending: 0, signIns: { seen: 0, sampled: 0 } },
  });

  it.each<[Outcome, number, number | null, Outcome]>([
    ['recovered', 10, 10, 'recovered'],
    ['recovered', 10, 9, 'partiallyRecovered'],
    ['recovered', 10, 0, 'failed'],
    ['recovered', 10, null, 'failed'],
    ['partiallyRecovered', 10, 0, 'failed'],
    ['failed', 10, null, 'failed'],
    ['failed', 10, 3, 'partiallyRecovered'],
    ['failed', 0, null, 'failed'],
    ['nothingToRecover', 0, null, 'nothingToRecover'],
    ['nothingToRecover', 1, 1, 'partiallyRecovered'],
    ['rejected', 0, null, 'rejected'],
    ['rejected', 1, 1, 'partiallyRecovered'],
    ['expired', 1, null, 'failed'],
    ['cancelled', 1, 1, 'cancelled'],
  ])('claimed as %s with %i written and %p read back is %s', (claimed, applied, seen, honest) => {
    expect(truthfulOutcome(claimed, known(applied, seen))).toBe(honest);
  });
});
