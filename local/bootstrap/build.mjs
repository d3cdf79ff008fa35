import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { node24 } from './install.mjs';
import { at } from './places.mjs';
import { prepare } from './run.mjs';

const sources = [
  'functions',
  'orchestrations',
  'shared',
  'local',
  'test/bench',
  'test/simulation',
  'test/support',
];
const stamp = at('dist', '.built');

/**
 * Compiles what changed since the last build, into a folder of its own, and then moves file by file:
 * a command that is running meanwhile never sees a half-built program. Types are judged elsewhere
 * (`npm run types`), so a half-typed edit can still be tried.
 */
export function build({ force }) {
  const present = sources.filter((folder) => existsSync(at(folder)));
  const newest = Math.max(
    statSync(at('.swcrc')).mtimeMs,
    statSync(at('package-lock.json')).mtimeMs,
    ...present.map((folder) => newestIn(at(folder))),
  );
  if (!force && existsSync(stamp) && statSync(stamp).mtimeMs > newest) return;

  const started = new Date();
  const fresh = at('dist', '.next');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const swc = at('node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const target = path.join('dist', '.next');
  prepare(node24(), [swc, ...present, '-d', target, '-q', '--ignore', '**/*.mjs'], 'The build');
  for (const folder of sources) replace(path.join(fresh, folder), at('dist', folder));
  rmSync(fresh, { recursive: true, force: true });

  // Whatever was saved after the compiler began counts as newer than this build.
  writeFileSync(stamp, '');
  utimesSync(stamp, started, started);
}

/** Folders count too: deleting a file changes nothing else. */
function newestIn(folder) {
  return Math.max(
    statSync(folder).mtimeMs,
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? newestIn(file) : statSync(file).mtimeMs;
    }),
  );
}

function replace(from, to) {
  const files = existsSync(from) ? filesIn(from) : [];
  for (const file of files) {
    const [next, current] = [path.join(from, file), path.join(to, file)];
    if (existsSync(current) && readFileSync(current).equals(readFileSync(next))) continue;
    mkdirSync(path.dirname(current), { recursive: true });
    renameSync(next, current);
  }
  const wanted = new Set(files);
  for (const file of existsSync(to) ? filesIn(to) : []) {
    if (!wanted.has(file)) rmSync(path.join(to, file));
  }
}

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => statSync(path.join(folder, file)).isFile());
