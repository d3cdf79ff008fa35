import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { canonicalText, digestOf } from '../../shared/digest.js';
import { verifyChain, type RecordEntry } from '../../shared/domain/record.js';
import { defineCommand } from './define-command.js';
import { codeOf, UsageError } from './usage.js';

/** `npm run verify-record -- FILE`: checks an exported record offline (contract sections 1 and 7). */
export const run = defineCommand(
  {
    name: 'verify-record',
    summary:
      'Checks the chain of an incident record, and the artefacts that lie beside it.\n' +
      'Exit code: 0 intact, 1 broken, 2 FILE cannot be read.',
    operands: ['FILE'],
    options: ['head'],
  },
  async ({ head }, [file = '']) => {
    if (head !== null && !/^sha256:[0-9a-f]{64}$/.test(head)) {
      throw new UsageError('--head: a hash is sha256: and 64 lower-case hex digits');
    }
    const verdict = await verifyRecordFile(file, head);
    process.stdout.write(`${verdict.text}\n`);
    return verdict.intact ? 0 : 1;
  },
);

export interface RecordVerdict {
  readonly intact: boolean;
  /** One line for people. */
  readonly text: string;
}

/** Checks bytes, chain, end and artefacts. Throws UsageError when the file cannot be read. */
export async function verifyRecordFile(
  file: string,
  expectedHead: string | null,
): Promise<RecordVerdict> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read (${codeOf(error)})`);
  });
  const text = decoded(bytes);
  if (text === null) return broken(1, 'the file is not UTF-8');
  if (text === '') return broken(1, 'the record is empty');

  const lines = text.split('\n');
  const rest = lines.pop();
  const chain = verifyChain(lines, {
    canonicalText,
    digestOf,
    ...(expectedHead === null ? {} : { expectedHead }),
  });
  if (!chain.ok) return broken(chain.brokenAt ?? chain.entries + 1, chain.why ?? 'unknown');
  if (rest !== '') return broken(chain.entries + 1, 'the last line has no line feed');

  const entries = lines.map((line) => JSON.parse(line) as RecordEntry);
  const cut = await missingEnd(path.join(path.dirname(file), 'incident.json'), entries);
  if (cut !== null) return broken(chain.entries + 1, cut);
  const artefacts = await checkArtefacts(path.join(path.dirname(file), 'artefacts'), entries);
  if ('why' in artefacts) return broken(artefacts.seq, artefacts.why);
  const state = chain.closed ? 'intact' : 'intact, open';
  const about = `${chain.entries} entries, ${artefacts.said}, head ${chain.head}`;
  return { intact: true, text: `${state}: ${about}` };
}

const broken = (seq: number, why: string): RecordVerdict => ({
  intact: false,
  text: `broken at entry ${seq}: ${why}`,
});

/**
 * A record that was cut off at its end is a whole chain. The incident's document beside it names the last
 * entry it has seen; it may lag behind the record, never run ahead of it.
 */
async function missingEnd(file: string, entries: readonly RecordEntry[]): Promise<string | null> {
  const seen = await documentHead(file);
  if (seen === null || seen.entries === 0) return null;
  const { hash } = entries[seen.entries - 1] ?? {};
  if (hash === seen.head) return null;
  return hash === undefined
    ? `incident.json beside it knows ${seen.entries} entries: the end is missing`
    : `entry ${seen.entries} is not the one that incident.json beside it knows`;
}

async function documentHead(file: string): Promise<{ entries: number; head: string } | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { record } = JSON.parse(text) as { record?: { entries?: unknown; head?: unknown } };
    const { entries, head } = record ?? {};
    return typeof entries === 'number' && typeof head === 'string' ? { entries, head } : null;
  } catch {
    return null;
  }
}

/** Each artefact that an entry names has the bytes it says; other files there have the hash of their name. */
async function checkArtefacts(
  folder: string,
  entries: readonly RecordEntry[],
): Promise<{ readonly said: string } | { readonly seq: number; readonly why: string }> {
  const present = await readdir(folder).catch(() => null);
  if (present === null) return { said: 'artefacts not checked' };

  const altered = new Set<string>();
  const files = present.filter((name) => /^[0-9a-f]{64}$/.test(name));
  for (const name of files) {
    if ((await sha256Of(path.join(folder, name))) !== name) altered.add(name);
  }
  for (const { seq, artefact } of entries) {
    if (artefact === undefined) continue;
    const name = artefact.sha256.replace(/^sha256:/, '');
    if (!files.includes(name)) return { seq, why: `its artefact ${artefact.name} is missing` };
    if (altered.has(name)) return { seq, why: `its artefact ${artefact.name} was altered` };
    const { size } = await stat(path.join(folder, name));
    if (size !== artefact.bytes)
      return { seq, why: `its artefact ${artefact.name} has ${size} bytes` };
  }
  const [stray] = altered;
  if (stray !== undefined) return { seq: entries.length, why: `the artefact ${stray} was altered` };
  return { said: `${files.length} artefacts checked` };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
