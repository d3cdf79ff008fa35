import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineCommand } from './define-command.js';
import { CommandFailed } from './usage.js';

interface Simulation {
  readonly outcome: string | null;
  readonly findings: readonly { readonly invariant: string; readonly what: string }[];
}

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** `npm run soak -- --seeds N --seed FIRST`: simulated incidents, judged; exit 1 when one broke a promise. */
export const run = defineCommand(
  {
    name: 'soak',
    summary: 'Runs whole incidents that a seed decides, on a virtual clock, and judges each.',
    options: ['seeds', 'seed', 'json'],
  },
  async ({ seeds, seed: first, json }) => {
    // Compiled to dist/test/simulation beside this program; found by name because nothing imports tests.
    const file = path.join(root, 'test', 'simulation', 'simulate.js');
    if (!existsSync(file)) throw new CommandFailed('the simulation is not part of this build');
    const { simulate } = (await import(pathToFileURL(file).href)) as {
      simulate: (seed: number) => Promise<Simulation>;
    };
    const outcomes: Record<string, number> = {};
    const failed: { seed: number; findings: Simulation['findings'] }[] = [];
    const started = performance.now();

    for (let seed = first; seed < first + seeds; seed += 1) {
      const { outcome, findings } = await simulate(seed).catch((error: unknown): Simulation => {
        return { outcome: null, findings: [{ invariant: 'THROWN', what: String(error) }] };
      });
      outcomes[outcome ?? 'none'] = (outcomes[outcome ?? 'none'] ?? 0) + 1;
      if (findings.length > 0) {
        failed.push({ seed, findings });
        process.stderr.write(tell(seed, findings));
      }
      if ((seed - first + 1) % 100 === 0) {
        process.stderr.write(`${seed - first + 1} of ${seeds}, ${failed.length} failed\n`);
      }
    }
    const seconds = (performance.now() - started) / 1000;
    const summary = { seeds, failed: failed.length, seconds: Math.round(seconds), outcomes };
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...summary, failures: failed })}\n`
        : `${seeds} incidents in ${summary.seconds} s, ${failed.length} failed; ${JSON.stringify(outcomes)}\n`,
    );
    return failed.length === 0 ? 0 : 1;
  },
);

const tell = (seed: number, findings: Simulation['findings']): string =>
  [
    `seed ${seed} failed; repeat it with: npm run soak -- --seed ${seed} --seeds 1`,
    ...findings.map(({ invariant, what }) => `  ${invariant}  ${what}`),
    '',
  ].join('\n');
