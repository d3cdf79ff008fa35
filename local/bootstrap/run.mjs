import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { at, root, Stopped } from './places.mjs';

export const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  at('node_modules', 'jest', 'bin', 'jest.js'),
];

/** What `npm run check` looks at before the tests: name, program, arguments. */
export const lint = [
  ['Formatting', at('node_modules', 'prettier', 'bin', 'prettier.cjs'), '--check', '.'],
  ['Lint', at('node_modules', 'eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.'],
  ['Types', at('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit'],
];

/** Runs a program with its output on stderr: stdout belongs to the command itself. */
export function prepare(program, args, what, options = {}) {
  const run = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (run.error?.code === 'ENOENT') throw new Stopped(`${what}: ${program} is not on the PATH.`);
  if (run.error !== undefined) throw new Stopped(`${what}: ${run.error.message}`);
  if (run.signal !== null) throw new Stopped(`${what} was interrupted (${run.signal}).`);
  if (run.status !== 0) throw new Stopped(`${what} failed; the lines above say why.`);
}

/** Runs every program, then stops with the names of those that failed. */
export function runAll(node, programs) {
  const failed = programs.filter(([, ...args]) => {
    return spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2] }).status !== 0;
  });
  if (failed.length > 0) throw new Stopped(`Failed: ${failed.map(([name]) => name).join(', ')}.`);
}

/**
 * Hands over to a child: its exit code becomes ours, signals go on to it, and it learns through a
 * channel when we are gone, so that nothing is left running whoever is killed.
 */
export async function become(program, args, env = {}) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(program, args, { cwd: root, stdio, env: { ...process.env, ...env } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  const watch = watchParent(() => child.connected && child.disconnect());
  const { code, signal, error } = await new Promise((resolve) => {
    child.once('error', (cause) => resolve({ error: cause }));
    child.once('exit', (exitCode, by) => resolve({ code: exitCode, signal: by }));
  });
  clearInterval(watch);
  if (error !== undefined) throw new Stopped(error.message);
  process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
}

/**
 * npm itself may be killed without a word to us; its child, or the shell between, then belongs to
 * somebody else.
 */
function watchParent(gone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const [parent, grandparent] = [process.ppid, parentOf(process.ppid)];
  return setInterval(() => {
    if (process.ppid !== parent || parentOf(parent) !== grandparent) gone();
  }, 500).unref();
}

/** Known where the system shows it as a file; null elsewhere. */
function parentOf(pid) {
  try {
    const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    return Number(afterName.split(' ')[1]);
  } catch {
    return null;
  }
}

/** Ends with one line for people when preparing failed, with the whole story when it is our bug. */
export function stopWith(error) {
  process.stderr.write(`${error instanceof Stopped ? error.message : (error.stack ?? error)}\n`);
  process.exit(1);
}
