import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineCommand } from './define-command.js';
import { isObject } from './request.js';
import { CommandFailed } from './usage.js';

/** One measured number, as every file `test/bench/*.bench.ts` answers them from its `run`. */
interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly note: string;
}

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** `npm run bench [NAME]`: measures, prints a table, writes test/bench/results.json. */
export const run = defineCommand(
  {
    name: 'bench',
    summary: 'Runs the benchmarks, all or the one named.',
    operands: ['[NAME]'],
    options: ['json'],
  },
  async ({ json }, [only]) => {
    // Compiled to dist/test/bench beside this program; found by name because nothing imports tests.
    const folder = path.join(root, 'test', 'bench');
    const files = existsSync(folder) ? await readdir(folder) : [];
    const names = files
      .map((file) => /^(.+)\.bench\.js$/.exec(file)?.[1])
      .filter((name) => name !== undefined)
      .filter((name) => only === undefined || name === only);
    if (names.length === 0) throw new CommandFailed('there is no such benchmark');

    const results: Record<string, readonly Row[]> = {};
    for (const name of names) {
      process.stderr.write(`${name} …\n`);
      results[name] = await measure(path.join(folder, `${name}.bench.js`));
    }
    const report = { at: new Date().toISOString(), node: process.version, results };
    const target = path.join('test', 'bench', 'results.json');
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : tableOf(results));
    return 0;
  },
);

async function measure(file: string): Promise<readonly Row[]> {
  const loaded: unknown = await import(pathToFileURL(file).href);
  if (!isObject(loaded) || typeof loaded['run'] !== 'function') {
    throw new CommandFailed(`${path.basename(file)} exports no run()`);
  }
  return (await (loaded['run'] as () => Promise<readonly Row[]>)()) satisfies readonly Row[];
}

function tableOf(results: Readonly<Record<string, readonly Row[]>>): string {
  const rows = Object.entries(results).flatMap(([group, measured]) =>
    measured.map(({ name, value, unit, note }) => [
      `${group}: ${name}`,
      value.toLocaleString('en', { maximumFractionDigits: 3 }),
      unit,
      note,
    ]),
  );
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map(([name = '', value = '', unit = '', note = '']) =>
      `${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)} ${unit.padEnd(widths[2] ?? 0)}  ${note}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
