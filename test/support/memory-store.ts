import { canonicalText, digestOf, sha256 } from '../../shared/digest.js';
import { emptyLedger, type Decision, type Ledger } from '../../shared/domain/approval/approval.js';
import {
  decisionArtefact,
  onRecord,
  recordedDecisions,
} from '../../shared/domain/approval/approval-record.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Json } from '../../shared/domain/json.js';
import { chainEntry, firstPrev, type RecordEntry } from '../../shared/domain/record.js';
import { RewindError } from '../../shared/errors.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';

interface RecordInMemory {
  readonly keys: Set<string>;
  readonly entries: RecordEntry[];
  /** The entries as JSON lines. */
  text: string;
}

export interface MemoryStore extends EvidenceStore {
  /** Everything in it as one text: two equal texts mean that nothing was written in between. */
  snapshot(): string;
  /** The record's entries, for assertions. */
  entries(id: string): readonly RecordEntry[];
  /** Names of the operations that write, in the order they were called. */
  readonly writes: readonly string[];
  /** Replaces stored bytes behind the store's back, as somebody with access to the disk could. */
  tamper(id: string, sha256: string, content: string): void;
  /** Makes the n-th write from now on throw once, as a process that dies there would look from outside. */
  failWrite(n: number): void;
}

/** JSON values by key, kept as text, so that nobody shares them with the store. */
class Values<T> {
  readonly #texts = new Map<string, string>();

  has(key: string): boolean {
    return this.#texts.has(key);
  }

  keys(): string[] {
    return [...this.#texts.keys()];
  }

  read(key: string): T | null {
    const text = this.#texts.get(key);
    return text === undefined ? null : (JSON.parse(text) as T);
  }

  /** Answers the value as the next reader will see it. */
  keep(key: string, value: T): T {
    const text = JSON.stringify(value);
    this.#texts.set(key, text);
    return JSON.parse(text) as T;
  }

  toJSON(): readonly (readonly [string, string])[] {
    return [...this.#texts];
  }
}

/** The evidence store without a disk: values are kept as text, every change is atomic. */
export function createMemoryStore(): MemoryStore {
  const claims = new Map<string, string>();
  const incidents = new Values<Incident>();
  const ledgers = new Values<Ledger>();
  const documents = new Values<Json>();
  const records = new Map<string, RecordInMemory>();
  const artefacts = new Map<string, Uint8Array>();
  const reports = new Map<string, string>();
  const writes: string[] = [];
  let failIn = 0;

  /** Gives others a turn before the change, like a disk would, and never during it. */
  async function write<T>(name: string, change: () => T): Promise<T> {
    await Promise.resolve();
    if (failIn > 0 && (failIn -= 1) === 0) throw new Error(`the store died before ${name}`);
    writes.push(name);
    return change();
  }

  function recordOf(id: string) {
    const record = records.get(id) ?? { keys: new Set(), entries: [], text: '' };
    records.set(id, record);
    return record;
  }

  function headOf(id: string) {
    const { entries } = recordOf(id);
    return { entries: entries.length, head: entries.at(-1)?.hash ?? firstPrev };
  }

  return {
    writes,
    tamper: (id, digest, content) => void artefacts.set(`${id}/${digest}`, Buffer.from(content)),
    failWrite: (n) => void (failIn = n),
    entries: (id) => records.get(id)?.entries ?? [],
    snapshot: () =>
      JSON.stringify([
        [...claims],
        incidents,
        ledgers,
        documents,
        [...records].map(([id, { entries }]) => [id, entries]),
        [...artefacts.keys()],
      ]),

    claim: (key, incidentId) =>
      write('claim', () => {
        const held = claims.get(key);
        if (held === undefined) claims.set(key, incidentId);
        return { created: held === undefined, incidentId: held ?? incidentId };
      }),
    readClaim: async (key) => claims.get(key) ?? null,

    createIncident: (incident) =>
      write('createIncident', () => {
        if (incidents.has(incident.id)) return false;
        incidents.keep(incident.id, incident);
        return true;
      }),
    readIncident: async (id) => incidents.read(id),
    updateIncident: (id, change) =>
      write('updateIncident', () => {
        const incident = incidents.read(id);
        if (incident === null) {
          throw new RewindError('INCIDENT_NOT_FOUND', `There is no incident ${id}.`);
        }
        return incidents.keep(id, { ...change(incident), record: headOf(id) });
      }),
    listIncidents: async (top, token) => {
      const all = incidents.keys().reverse();
      const start = token === undefined ? 0 : Number(token);
      const items = all.slice(start, start + top).map((id) => incidents.read(id) as Incident);
      return start + top < all.length ? { items, nextToken: String(start + top) } : { items };
    },

    readLedger: async (id) =>
      onRecord(ledgers.read(id) ?? emptyLedger, recordedDecisions(recordOf(id).text), digestOf),
    updateLedger: (id, change) =>
      write('updateLedger', () => ledgers.keep(id, change(ledgers.read(id) ?? emptyLedger))),

    readDocument: async <T extends Json>(id: string, name: string) =>
      documents.read(`${id}/${name}`) as T | null,
    updateDocument: <T extends Json>(id: string, name: string, change: (value: T | null) => T) =>
      write(`document ${name}`, () => {
        const before = documents.read(`${id}/${name}`) as T | null;
        return documents.keep(`${id}/${name}`, change(before)) as T;
      }),

    append: (id, entryKey, draft) =>
      write('append', () => {
        const record = recordOf(id);
        const { keys, entries } = record;
        if (!keys.has(entryKey)) {
          keys.add(entryKey);
          const prev = entries.at(-1)?.hash ?? firstPrev;
          const entry = chainEntry(draft, entries.length + 1, prev, digestOf);
          entries.push(entry);
          record.text += `${canonicalText(entry)}\n`;
        }
        return headOf(id);
      }),
    recordHead: async (id) => headOf(id),
    readRecord: async (id) => {
      return records.has(id) ? Buffer.from(recordOf(id).text) : null;
    },

    putArtefact: (id, name, content) =>
      write('putArtefact', () => {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content;
        const digest = sha256(bytes);
        artefacts.set(`${id}/${digest}`, bytes);
        return { name, sha256: digest, bytes: bytes.byteLength };
      }),
    readArtefact: async (id, digest) => {
      const bytes = artefacts.get(`${id}/${digest}`);
      if (bytes === undefined) throw new RewindError('INVARIANT_BROKEN', `${digest} is missing`);
      if (sha256(bytes) !== digest) {
        throw new RewindError('INVARIANT_BROKEN', `Artefact ${digest} of ${id} was altered.`);
      }
      return bytes;
    },
    locate: (id) => ({ record: `memory:${id}/record.jsonl`, report: `memory:${id}/report.html` }),
    writeReport: (id, html) => write('writeReport', () => void reports.set(id, html)),
    readReport: async (id) => reports.get(id) ?? null,
  };
}

/** Gives decisions that a test wrote into a ledger the record entries without which they do not count. */
export async function putOnRecord(
  store: EvidenceStore,
  id: string,
  decisions: readonly Decision[],
): Promise<void> {
  for (const decision of decisions) {
    const artefact = await store.putArtefact(id, decisionArtefact, canonicalText(decision));
    await store.append(id, `decision:${artefact.sha256}`, {
      at: decision.at,
      kind: `decision.${decision.decision}`,
      by: decision.by,
      summary: 'decided',
      artefact,
    });
  }
}
