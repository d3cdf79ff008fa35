import { simulate } from './simulate.js';

/**
 * `SEEDS` runs another number of them; `npm run soak` is the way to run very many. Measured on a busy
 * machine: 0.7 s of processor time a seed, after 3 s for the first of a file, so 300 take 110 s of both
 * of two cores, more than the 90 s that they may take, and a hundred about 40.
 */
const seeds = Number(process.env['SEEDS'] ?? 100);
const perTest = 10;

/** Tests of every second run of seeds, so that two files share the work. */
export function itKeepsEveryInvariant(half: 0 | 1): void {
  const runs = Array.from({ length: Math.ceil(seeds / perTest) }, (_, index) => ({
    first: index * perTest + 1,
    last: Math.min(seeds, (index + 1) * perTest),
  }));

  it.each(runs.filter((_, index) => index % 2 === half))(
    'keeps every invariant with seeds $first to $last',
    async ({ first, last }) => {
      for (let seed = first; seed <= last; seed += 1) {
        const { findings } = await simulate(seed);
        const repeat = `npm run soak -- --seed ${seed} --seeds 1`;
        expect({ seed, findings, repeat }).toEqual({ seed, findings: [], repeat });
      }
    },
    120_000,
  );
}
