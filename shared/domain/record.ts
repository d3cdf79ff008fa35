import type { Json } from './json.js';

/** What a caller says of a fact, before it has a place in the chain. */
export interface EntryDraft {
  readonly at: string;
  readonly kind: string;
  readonly by: { readonly id: string; readonly name: string };
  readonly summary: string;
  readonly artefact?: { readonly name: string; readonly sha256: string; readonly bytes: number };
}

/** One line of the record (contract section 7). */
export interface RecordEntry extends EntryDraft {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** The `prev` of the first entry. */
export const firstPrev = `sha256:${'0'.repeat(64)}`;

/** Gives a draft its place after the entry whose hash is `prev`; only the named fields are taken. */
export function chainEntry(
  draft: EntryDraft,
  seq: number,
  prev: string,
  digestOf: (value: Json) => string,
): RecordEntry {
  const { at, kind, summary, artefact } = draft;
  const by = { id: draft.by.id, name: draft.by.name };
  const body = {
    seq,
    at,
    kind,
    by,
    summary,
    ...(artefact && {
      artefact: { name: artefact.name, sha256: artefact.sha256, bytes: artefact.bytes },
    }),
    prev,
  };
  return { ...body, hash: digestOf(body) };
}

export interface ChainVerdict {
  readonly ok: boolean;
  /** Entries that were found intact, in order from the first. */
  readonly entries: number;
  /** Hash of the last intact entry. */
  readonly head: string;
  /** True when an entry of kind `closed` is among them. */
  readonly closed: boolean;
  /** Number of the first entry that is not as it must be. */
  readonly brokenAt?: number;
  readonly why?: string;
}

/**
 * Checks the lines of a record, each without its line feed: exactly RFC 8785 text, numbered from 1
 * without a gap, each with the hash of the one before and its own. `expectedHead` also compares the end.
 */
export function verifyChain(
  lines: Iterable<string>,
  rules: {
    readonly canonicalText: (value: Json) => string;
    readonly digestOf: (value: Json) => string;
    readonly expectedHead?: string;
  },
): ChainVerdict {
  let entries = 0;
  let head = firstPrev;
  let closed = false;
  for (const line of lines) {
    const found = checkLine(line, entries + 1, head, rules);
    if ('why' in found) {
      return { ok: false, entries, head, closed, brokenAt: entries + 1, why: found.why };
    }
    entries += 1;
    head = found.hash;
    closed ||= found.kind === 'closed';
  }
  if (rules.expectedHead !== undefined && rules.expectedHead !== head) {
    const why = `the record ends with ${head}, not with the expected ${rules.expectedHead}`;
    return { ok: false, entries, head, closed, brokenAt: entries + 1, why };
  }
  return { ok: true, entries, head, closed };
}

function checkLine(
  line: string,
  seq: number,
  prev: string,
  rules: { canonicalText: (value: Json) => string; digestOf: (value: Json) => string },
): { hash: string; kind: Json | undefined } | { why: string } {
  const entry = parseObject(line);
  if (entry === null) return { why: 'the line is not a JSON object' };
  if (!isCanonical(entry, line, rules.canonicalText)) {
    return { why: 'the line is not canonical JSON text' };
  }
  if (entry['seq'] !== seq) return { why: `its seq is not ${seq}: an entry is missing or moved` };
  if (entry['prev'] !== prev) return { why: 'its prev is not the hash of the entry before' };
  const { hash, ...body } = entry;
  if (typeof hash !== 'string' || rules.digestOf(body) !== hash) {
    return { why: 'its hash is not the hash of its content' };
  }
  return { hash, kind: entry['kind'] };
}

/** JSON text can hold what has no canonical form (a lone surrogate, 1e400): such a line is broken, too. */
function isCanonical(entry: Json, line: string, canonicalText: (value: Json) => string): boolean {
  try {
    return canonicalText(entry) === line;
  } catch {
    return false;
  }
}

function parseObject(line: string): { readonly [key: string]: Json } | null {
  try {
    const value = JSON.parse(line) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [key: string]: Json })
      : null;
  } catch {
    return null;
  }
}
