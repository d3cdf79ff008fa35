import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { digestOf, sha256 } from '../../digest.js';
import { emptyLedger, type Ledger } from '../../domain/approval/approval.js';
import { onRecord, recordedDecisions } from '../../domain/approval/approval-record.js';
import type { Incident } from '../../domain/incident/incident.js';
import type { Json } from '../../domain/json.js';
import { RewindError } from '../../errors.js';
import type { ArtefactRef, EvidenceStore, RecordDraft, RecordHead } from '../../ports/evidence.js';
import { createClaims } from './claims.js';
import { createExclusive } from './exclusive.js';
import { createFile, jsonText, readBytes, readJson, replaceFile } from './files.js';
import { createIncidentList } from './incident-list.js';
import { createPaths, isIncidentId } from './paths.js';
import { RecordFile, type KeyedDraft } from './record-file.js';

interface PendingEntry extends KeyedDraft {
  readonly resolve: (head: RecordHead) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The evidence store in a folder (`EVIDENCE_STORE=file:DIR`), layout of contract section 7. Documents
 * are replaced by rename, changes are made under one lock per incident that holds across processes, and
 * every append and document is on the disk before the promise resolves.
 */
export function createFileEvidenceStore(directory: string): EvidenceStore {
  const root = path.resolve(directory);
  const paths = createPaths(root);
  for (const folder of [paths.incidents, paths.claims, paths.locks]) {
    mkdirSync(folder, { recursive: true });
  }
  const exclusive = createExclusive(paths.lock);
  const claims = createClaims(paths.claims);
  const list = createIncidentList(paths);
  const records = new Map<string, RecordFile>();
  const pending = new Map<string, PendingEntry[]>();

  function recordOf(id: string): RecordFile {
    let record = records.get(id);
    if (record === undefined) {
      record = new RecordFile(paths.record(id), paths.recordKeys(id));
      records.set(id, record);
    }
    return record;
  }

  async function change<T>(
    file: string,
    before: T | null,
    next: (value: T | null) => T,
    stillHeld: () => void,
  ): Promise<T> {
    const after = next(before);
    if (before === null || jsonText(before) !== jsonText(after)) {
      stillHeld();
      await replaceFile(file, jsonText(after));
    }
    return after;
  }

  async function showRecordHead(id: string, head: RecordHead): Promise<void> {
    const file = paths.incident(id);
    const incident = await readJson<Incident>(file);
    if (incident === null || incident.record.head === head.head) return;
    await replaceFile(file, jsonText({ ...incident, record: head }));
  }

  async function appendPending(id: string, stillHeld: () => void): Promise<void> {
    const entries = pending.get(id) ?? [];
    pending.delete(id);
    try {
      const head = await recordOf(id).append(entries, stillHeld);
      await showRecordHead(id, head);
      for (const entry of entries) entry.resolve(head);
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
  }

  return {
    claim: async (key, incidentId) => {
      paths.folder(incidentId);
      return claims.claim(key, incidentId);
    },
    readClaim: (key) => claims.read(key),

    createIncident: async (incident) => createFile(paths.incident(incident.id), jsonText(incident)),
    readIncident: async (id) =>
      isIncidentId(id) ? await readJson<Incident>(paths.incident(id)) : null,
    updateIncident: (id, update) =>
      exclusive.run(id, async (stillHeld) => {
        const incident = isIncidentId(id) ? await readJson<Incident>(paths.incident(id)) : null;
        if (incident === null) {
          throw new RewindError('INCIDENT_NOT_FOUND', `There is no incident ${id}.`);
        }
        const record = await recordOf(id).head();
        return change(
          paths.incident(id),
          incident,
          () => ({ ...update(incident), id, record }),
          stillHeld,
        );
      }),
    listIncidents: (top, token) => list(top, token),

    readLedger: async (id) => {
      // The ledger first: a decision is in it before it is in the record.
      const ledger = (await readJson<Ledger>(paths.ledger(id))) ?? emptyLedger;
      if (ledger.decisions.length === 0) return ledger;
      const record = await readBytes(paths.record(id));
      return onRecord(ledger, recordedDecisions(record?.toString('utf8') ?? ''), digestOf);
    },
    updateLedger: (id, update) =>
      exclusive.run(id, async (stillHeld) => {
        const before = await readJson<Ledger>(paths.ledger(id));
        return change(
          paths.ledger(id),
          before,
          (ledger) => update(ledger ?? emptyLedger),
          stillHeld,
        );
      }),

    readDocument: async <T extends Json>(id: string, name: string) =>
      readJson<T>(paths.document(id, name)),
    updateDocument: <T extends Json>(id: string, name: string, update: (value: T | null) => T) =>
      exclusive.run(id, async (stillHeld) => {
        const file = paths.document(id, name);
        return change(file, await readJson<T>(file), update, stillHeld);
      }),

    append: (id: string, entryKey: string, draft: RecordDraft) =>
      new Promise<RecordHead>((resolve, reject) => {
        const entry = { entryKey, draft, resolve, reject };
        const others = pending.get(id);
        if (others !== undefined) {
          others.push(entry);
          return;
        }
        pending.set(id, [entry]);
        exclusive
          .run(id, (stillHeld) => appendPending(id, stillHeld))
          .catch((error: unknown) => {
            for (const waiting of pending.get(id) ?? []) waiting.reject(error);
            pending.delete(id);
          });
      }),
    recordHead: (id) => exclusive.run(id, () => recordOf(id).head()),
    readRecord: async (id) => {
      const bytes = isIncidentId(id) ? await readBytes(paths.record(id)) : null;
      return bytes?.subarray(0, bytes.lastIndexOf(0x0a) + 1) ?? null;
    },

    putArtefact: async (id, name, content): Promise<ArtefactRef> => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      const digest = sha256(bytes);
      await createFile(paths.artefact(id, digest), bytes);
      return { name, sha256: digest, bytes: bytes.byteLength };
    },
    readArtefact: async (id, digest) => {
      const bytes = await readBytes(paths.artefact(id, digest));
      if (bytes === null) {
        throw new RewindError('INVARIANT_BROKEN', `Artefact ${digest} of ${id} is missing.`);
      }
      if (sha256(bytes) !== digest) {
        throw new RewindError('INVARIANT_BROKEN', `Artefact ${digest} of ${id} was altered.`);
      }
      return bytes;
    },

    locate: (id) => ({ record: paths.record(id), report: paths.report(id) }),
    writeReport: async (id, html) => replaceFile(paths.report(id), html),
    readReport: async (id) => {
      const bytes = isIncidentId(id) ? await readBytes(paths.report(id)) : null;
      return bytes?.toString('utf8') ?? null;
    },
  };
}
