import { appendFile, mkdir, open, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { canonicalText, digestOf } from '../../digest.js';
import { chainEntry } from '../../domain/record.js';
import { RewindError } from '../../errors.js';
import type { RecordDraft, RecordHead } from '../../ports/evidence.js';
import { codeOf, syncFolder } from './files.js';

/** What is known of a record that this process has read up to `bytes`. */
interface Seen {
  bytes: number;
  keyBytes: number;
  entries: number;
  head: string;
  keys: Set<string>;
}

export interface KeyedDraft {
  readonly entryKey: string;
  readonly draft: RecordDraft;
}

export const emptyHead = `sha256:${'0'.repeat(64)}`;

/**
 * `record.jsonl` of one incident with `record.keys.jsonl` beside it. The caller holds the incident's
 * lock.
 *
 * The record's lines have no room for entry keys (contract section 7), so each key lies in the sidecar
 * as `{seq, key, hash}`, and is on the disk **before** its record line. A crash therefore leaves at most
 * key lines without a record line: these are cut off when the files are next opened and the entry is
 * written by whoever repeats it. A record line without its key cannot come from a crash; it is refused
 * as tampering. An unfinished last line in either file is cut off too.
 */
export class RecordFile {
  readonly #record: string;
  readonly #keys: string;
  #seen: Seen | null = null;

  constructor(record: string, keys: string) {
    this.#record = record;
    this.#keys = keys;
  }

  async head(): Promise<RecordHead> {
    const { entries, head } = await this.#refresh();
    return { entries, head };
  }

  /** Appends what is not there yet; one write and one sync of each file for all of them. */
  async append(drafts: readonly KeyedDraft[], stillHeld: () => void): Promise<RecordHead> {
    const seen = await this.#refresh();
    let { entries, head } = seen;
    const fresh = new Set<string>();
    let lines = '';
    let keyLines = '';
    for (const { entryKey, draft } of drafts) {
      if (seen.keys.has(entryKey) || fresh.has(entryKey)) continue;
      const entry = chainEntry(draft, entries + 1, head, digestOf);
      fresh.add(entryKey);
      entries += 1;
      head = entry.hash;
      lines += `${canonicalText(entry)}\n`;
      keyLines += `${JSON.stringify({ seq: entries, key: entryKey, hash: head })}\n`;
    }
    if (fresh.size === 0) return { entries, head };
    stillHeld();
    this.#seen = null;
    await appendDurably(this.#keys, keyLines);
    await appendDurably(this.#record, lines);
    for (const key of fresh) seen.keys.add(key);
    this.#seen = {
      bytes: seen.bytes + Buffer.byteLength(lines),
      keyBytes: seen.keyBytes + Buffer.byteLength(keyLines),
      entries,
      head,
      keys: seen.keys,
    };
    return { entries, head };
  }

  async #refresh(): Promise<Seen> {
    const [bytes, keyBytes] = await Promise.all([sizeOf(this.#record), sizeOf(this.#keys)]);
    if (this.#seen?.bytes === bytes && this.#seen.keyBytes === keyBytes) return this.#seen;
    const start =
      this.#seen !== null && this.#seen.bytes <= bytes && this.#seen.keyBytes <= keyBytes
        ? this.#seen
        : { bytes: 0, keyBytes: 0, entries: 0, head: emptyHead, keys: new Set<string>() };
    this.#seen = null;
    this.#seen = await this.#readOn(start);
    return this.#seen;
  }

  async #readOn(start: Seen): Promise<Seen> {
    const recordLines = await wholeLines(this.#record, start.bytes);
    const hashes: string[] = [];
    let head = start.head;
    for (const line of recordLines.lines) {
      const seq = start.entries + hashes.length + 1;
      head = checkedHash(line, seq, head);
      hashes.push(head);
    }
    const keyLines = await wholeLines(this.#keys, start.keyBytes);
    const keys = new Set(start.keys);
    let keyBytes = start.keyBytes;
    for (const [index, hash] of hashes.entries()) {
      const line = keyLines.lines[index] ?? '';
      const key = keyOf(line, start.entries + index + 1, hash);
      keys.add(key);
      keyBytes += Buffer.byteLength(line) + 1;
    }
    if (keyLines.lines.length > hashes.length) await truncate(this.#keys, keyBytes);
    return {
      bytes: recordLines.end,
      keyBytes,
      entries: start.entries + hashes.length,
      head,
      keys,
    };
  }
}

function checkedHash(line: string, seq: number, prev: string): string {
  const entry = parsed(line);
  const { hash, ...rest } = entry ?? {};
  if (
    entry === null ||
    entry['seq'] !== seq ||
    entry['prev'] !== prev ||
    typeof hash !== 'string' ||
    digestOf(rest) !== hash
  ) {
    throw new RewindError(
      'INVARIANT_BROKEN',
      `The record is broken at entry ${seq}; nothing is appended to it. Check it with verify-record.`,
    );
  }
  return hash;
}

function keyOf(line: string, seq: number, hash: string): string {
  const entry = parsed(line);
  const key = entry?.['key'];
  if (entry?.['seq'] !== seq || entry['hash'] !== hash || typeof key !== 'string') {
    throw new RewindError(
      'INVARIANT_BROKEN',
      `Entry ${seq} of the record has no key beside it; nothing is appended to it.`,
    );
  }
  return key;
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The complete lines from `offset` on; an unfinished last line is cut off the file. */
async function wholeLines(file: string, offset: number): Promise<{ lines: string[]; end: number }> {
  const size = await sizeOf(file);
  if (size <= offset) return { lines: [], end: offset };
  const bytes = Buffer.alloc(size - offset);
  const handle = await open(file, 'r');
  try {
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(
        bytes,
        filled,
        bytes.length - filled,
        offset + filled,
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } finally {
    await handle.close();
  }
  const complete = bytes.lastIndexOf(0x0a) + 1;
  if (complete < bytes.length) await truncate(file, offset + complete);
  const text = bytes.toString('utf8', 0, complete);
  return { lines: text === '' ? [] : text.slice(0, -1).split('\n'), end: offset + complete };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function appendDurably(file: string, text: string): Promise<void> {
  const isNew = (await sizeOf(file)) === 0;
  if (isNew) await mkdir(path.dirname(file), { recursive: true });
  await appendFile(file, text, { flush: true });
  if (isNew) await syncFolder(path.dirname(file));
}
