import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { at, Stopped, windows } from './places.mjs';
import { prepare } from './run.mjs';

const bundledNode = at('node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** Node 24: the one the `node` package brought, else the machine's own when it is new enough. */
export function node24() {
  if (existsSync(bundledNode)) return bundledNode;
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  throw new Stopped(
    'Node 24 is missing: the install script of the package `node` did not run. ' +
      'Allow install scripts (npm config get ignore-scripts), delete node_modules and try again.',
  );
}

/** Installs what the lock file names and node_modules lacks; looks only at two files otherwise. */
export function install() {
  if (!matchesLock()) {
    // npm ci would empty the folder that the link points to, under whoever works there.
    if (lstatSync(at('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
      throw new Stopped(
        'node_modules is a link to packages that do not match package-lock.json: install where it points.',
      );
    process.stderr.write('Installing dependencies (once) …\n');
    // On Windows a program that runs cannot be deleted, and npm ci would delete the Node we run on.
    const inside = process.execPath.startsWith(at('node_modules'));
    npm([windows && inside ? 'install' : 'ci', '--include=dev', '--no-audit', '--no-fund']);
    if (!matchesLock())
      throw new Stopped('npm ended, yet node_modules does not match the lock file.');
  }
  if (!existsSync(bundledNode) && Number.parseInt(process.versions.node, 10) < 24) {
    npm(['rebuild', '--ignore-scripts=false', 'node']);
  }
}

/**
 * npm writes its own lock file into node_modules as the last thing, so an interrupted install is one
 * without it. Optional packages of other platforms may be missing.
 */
function matchesLock() {
  const wanted = packagesOf(at('package-lock.json'));
  const present = packagesOf(at('node_modules', '.package-lock.json'));
  if (wanted === null)
    throw new Stopped('package-lock.json is missing or damaged: check it out again.');
  if (present === null) return false;
  return Object.entries(wanted).every(([where, { version, optional }]) => {
    const there = present[where];
    return where === '' || (there === undefined ? optional === true : there.version === version);
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** Runs the npm that started us where it says so, else the one on the PATH. */
function npm(args) {
  const quiet = [...args, '--loglevel=error'];
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli !== undefined && path.basename(cli) === 'npm-cli.js') {
    prepare(node ?? process.execPath, [cli, ...quiet], `npm ${args[0]}`);
  } else {
    prepare('npm', quiet, `npm ${args[0]}`, { shell: windows });
  }
}
