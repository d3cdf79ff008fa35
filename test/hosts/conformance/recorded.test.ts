/**
 * The conformance app on the embedded host, beside what the real host was recorded to answer. Not part
 * of `npm test`: run with CONFORMANCE=DIR (`npm run test:conformance -- DIR`), the folder that holds
 * the app, its driver and the recording. Without it the suite says that it was skipped.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { cleanUp, node, root, startChildHost, temporaryFolder } from '../child-host.js';
import {
  knownDifferences,
  knownPayloadDifferences,
  unrepeatablePayloads,
} from './known-differences.js';
import { departure, ownPayloads, recordedPayloads, toldInTheEnd } from './payloads.js';

const given = process.env['CONFORMANCE'] ?? '';
const folder = path.resolve(given);
const isThere = given !== '' && existsSync(path.join(folder, 'drive.mjs'));

if (!isThere) {
  it('is skipped: CONFORMANCE names no folder with the recording', () => {
    expect(isThere).toBe(false);
  });
}

type Outcomes = Record<string, { history?: string[] }>;
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const recorded = isThere ? (readJson(path.join(folder, 'observed/outcomes.json')) as Outcomes) : {};
const names = Object.keys(recorded);
const payloads = isThere
  ? recordedPayloads(path.join(folder, 'observed/payloads'))
  : new Map<string, never>();

(isThere ? describe : describe.skip)('the recording of the real host', () => {
  let ours: Outcomes;
  const handed = temporaryFolder();

  beforeAll(async () => {
    const app = temporaryFolder();
    cpSync(path.join(folder, 'app'), app, { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
    const env = { CONFORMANCE_PAYLOADS: handed };
    const host = await startChildHost({ app, data: temporaryFolder(), env });
    const out = path.join(temporaryFolder(), 'ours.json');
    const { keys } = host;
    await drive([
      ...[host.url, out, '--function-key', keys.default],
      ...['--master-key', keys.master, '--system-key', keys.system],
    ]);
    await host.stop();
    ours = readJson(out) as Outcomes;
  }, 240_000);
  afterAll(cleanUp);

  it.each(names.filter((name) => !(name in knownDifferences)))('%s: the same outcome', (name) => {
    expect(ours[name]).toEqual(recorded[name]);
  });

  it.each(Object.entries(knownDifferences))('%s: differs as listed', (name, known) => {
    expect(recorded).toHaveProperty([name]);
    if (known.ours instanceof RegExp) {
      expect(ours[name]).not.toEqual(recorded[name]);
      expect(JSON.stringify(ours[name])).toMatch(known.ours);
    } else {
      const sorted = (of: Outcomes) => ({ ...of[name], history: of[name]?.history?.toSorted() });
      expect(sorted(ours)).toEqual(sorted(recorded));
    }
  });

  it('no outcome beyond the recorded ones', () => {
    expect(Object.keys(ours).sort()).toEqual(names.toSorted());
  });

  it.each(
    [...payloads.keys()].filter(
      (name) => !(name in knownPayloadDifferences) && !(name in unrepeatablePayloads),
    ),
  )('%s: the same values and histories are handed over', (name) => {
    expect(departure(payloads.get(name) ?? [], ownPayloads(handed, name))).toBeNull();
  });

  it.each(Object.entries(knownPayloadDifferences))('%s: the same in the end, but %s', (name) => {
    expect(ownPayloads(handed, name).map(toldInTheEnd)).toContainEqual(
      toldInTheEnd(payloads.get(name) ?? []),
    );
  });
});

function drive(args: readonly string[]): Promise<void> {
  const child = spawn(node, [path.join(folder, 'drive.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The driver ended with ${code}: ${said}`)),
    );
  });
}
