import path from 'node:path';
import { parseArgs } from 'node:util';
import { Stopped } from './places.mjs';

/** Where npm was called, which is what a relative path in its arguments means. */
const here = process.env.INIT_CWD ?? process.cwd();

/**
 * The test suites that take options: what jest runs and the variables that carry the options. Answers
 * undefined for every other command. Throws Stopped for options that do not fit.
 */
export function suiteOf(command, args) {
  if (command === 'test:hosts') return hosts(args);
  if (command === 'test:conformance') return conformance(args);
  if (command === 'test:storm') return storm(args);
  return undefined;
}

/** The behaviours of test/hosts, on the embedded host or on the one at --url. */
function hosts(args) {
  const { url, keys } = read(args, { url: { type: 'string' }, keys: { type: 'string' } }).values;
  if ((url === undefined) !== (keys === undefined))
    throw new Stopped('--url and --keys go together.');
  if (url !== undefined && !URL.canParse(url)) throw new Stopped('--url: not an address');
  const files = ['test/hosts/behaviours.test.ts'];
  if (url === undefined) return { files, env: {} };
  const given = keys.includes('=') ? keys : path.resolve(here, keys);
  return { files, env: { HOST_URL: url, HOST_KEYS: given } };
}

/** The recording of a real host, beside the embedded one. */
function conformance(args) {
  const [folder = '../shared/conformance'] = read(args, {}).positionals;
  const env = { CONFORMANCE: path.resolve(here, folder) };
  return { files: ['test/hosts/conformance'], env };
}

/** The storm of alerts on real processes, by default in the size that is promised: takes minutes. */
function storm(args) {
  const [size = '100x20'] = read(args, {}).positionals;
  if (!/^[1-9]\d{0,2}x[1-9]\d{0,2}$/.test(size))
    throw new Stopped('npm run test:storm -- [ALERTSxDELIVERIES], e.g. 100x20');
  return { files: ['test/scenarios/storm'], env: { STORM: size } };
}

function read(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Stopped(error.message.split('. ')[0]);
  }
}
