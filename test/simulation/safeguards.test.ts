import { mutations } from './mutations.js';
import { generousKeeper, simulateRivals } from './rivals.js';
import { simulate } from './simulate.js';

describe('a product that had lost one of its safeguards', () => {
  it.each(Object.entries(mutations))(
    'is found out without %s',
    async (_, { mutation, firstSeed, seedsNeeded, invariants }) => {
      const broken = new Set<string>();
      const last = firstSeed + seedsNeeded;
      for (let seed = firstSeed; seed < last && broken.size === 0; seed += 1) {
        const { findings } = await simulate(seed, mutation);
        for (const { invariant } of findings) {
          if (invariants.includes(invariant)) broken.add(invariant);
        }
      }
      expect([...broken]).not.toEqual([]);
    },
    120_000,
  );

  it('is found out without the lock: two incidents ask for native jobs at once', async () => {
    const honest = await simulateRivals(2);
    expect(honest.findings).toEqual([]);
    expect(honest.nativeRecoveries).toBeGreaterThan(1);
    const { findings } = await simulateRivals(2, generousKeeper);
    expect([...new Set(findings.map(({ invariant }) => invariant))]).toEqual(['I11']);
  }, 60_000);
});
