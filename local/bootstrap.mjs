/**
 * Every npm command starts here, on whatever Node.js (>= 20) the machine has and before anything is
 * installed, so this file uses nothing but Node itself. It installs what is missing, builds what is
 * stale, then runs the command on the Node 24 that the `node` package brought.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const windows = process.platform === 'win32';
const node24 = at('node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
const sources = ['functions', 'orchestrations', 'shared', 'local'];

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Runs a program with its output on stderr: stdout belongs to the command itself. */
function prepare(program, args, what) {
  const run = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows });
  if (run.status !== 0) fail(`${what} failed; the lines above say why.`);
}

const digestOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

function install() {
  const stamp = at('node_modules', '.entra-rewind-lock');
  const wanted = digestOf(at('package-lock.json'));
  const current = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (current !== wanted) {
    process.stderr.write('Installing dependencies (once) …\n');
    prepare('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
    writeFileSync(stamp, wanted);
  }
  if (!existsSync(node24)) prepare('npm', ['rebuild', 'node'], 'Fetching Node 24');
  if (!existsSync(node24))
    fail('Node 24 is missing: delete node_modules and run the command again.');
}

function newestIn(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    newest = Math.max(
      newest,
      statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs,
    );
  }
  return newest;
}

/** Compiles only: `npm run types` is where types are judged, so a half-typed edit can still be tried. */
function build({ force = false } = {}) {
  const stamp = at('dist', '.built');
  const newest = Math.max(
    ...sources.map((folder) => newestIn(at(folder))),
    statSync(at('.swcrc')).mtimeMs,
  );
  if (!force && existsSync(stamp) && statSync(stamp).mtimeMs > newest) return;
  for (const folder of sources) rmSync(at('dist', folder), { recursive: true, force: true });
  prepare(
    node24,
    [
      at('node_modules', '@swc', 'cli', 'bin', 'swc.js'),
      ...sources,
      '-d',
      'dist',
      '-q',
      '--ignore',
      '**/*.mjs',
    ],
    'The build',
  );
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stamp, '');
}

/** Hands over to a child on Node 24; its exit code, or the signal that ended it, becomes ours. */
function become(args, env = {}) {
  const run = spawnSync(node24, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (run.error) fail(run.error.message);
  process.exit(run.status ?? 1);
}

function runChecks() {
  const bin = (name, file) => [at('node_modules', name, file)];
  prepare(node24, [...bin('prettier', 'bin/prettier.cjs'), '--check', '.'], 'Formatting');
  prepare(node24, [...bin('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.'], 'Lint');
  prepare(node24, [...bin('typescript', 'bin/tsc'), '--noEmit'], 'Types');
}

const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  at('node_modules', 'jest', 'bin', 'jest.js'),
];
const [command = 'help', ...rest] = process.argv.slice(2);
install();
if (command === 'build') build({ force: true });
else if (command === 'test' || command === 'check') {
  if (command === 'check') runChecks();
  build();
  become([...jest, ...rest]);
} else {
  build();
  become(['--no-warnings', at('dist', 'local', 'main.js'), command, ...rest]);
}
