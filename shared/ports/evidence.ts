import type { Incident } from '../domain/incident/incident.js';
import type { Json } from '../domain/json.js';
import type { Ledger } from '../domain/approval/approval.js';

export interface ArtefactRef {
  readonly name: string;
  /** `sha256:` + lower-case hex of the bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What a caller says of a fact; the store adds seq, prev and hash (contract section 7). */
export interface RecordDraft {
  readonly at: string;
  readonly kind: string;
  /** Who did it: an object id with a name, or the product itself. */
  readonly by: { readonly id: string; readonly name: string };
  readonly summary: string;
  readonly artefact?: ArtefactRef;
}

export interface RecordHead {
  readonly entries: number;
  readonly head: string;
}

/** Marks that the doors leave for running activities. */
export interface Marks {
  readonly cancel: { readonly by: { id: string; name: string }; readonly at: string } | null;
  readonly hold: {
    readonly by: { id: string; name: string };
    readonly at: string;
    readonly why: string;
  } | null;
}

/**
 * Where incidents live (architecture, Durable rules): every document is changed by compare-and-set and
 * retried on conflict; a record entry with a key is written once, however often it is appended.
 */
export interface EvidenceStore {
  /** Create-if-absent. `created` false: somebody else's claim, with its incident id. */
  claim(key: string, incidentId: string): Promise<{ created: boolean; incidentId: string }>;
  readClaim(key: string): Promise<string | null>;

  /** Creates the incident's folder and document; false when it exists. */
  createIncident(incident: Incident): Promise<boolean>;
  readIncident(id: string): Promise<Incident | null>;
  /** Applies a pure change, again on conflict; returns what was written. Throws INCIDENT_NOT_FOUND. */
  updateIncident(id: string, change: (incident: Incident) => Incident): Promise<Incident>;
  /** Newest first. `unreadable`: ids of incidents whose document cannot be read, with the first page. */
  listIncidents(
    top: number,
    token?: string,
  ): Promise<{
    items: readonly Incident[];
    nextToken?: string;
    unreadable?: readonly string[];
  }>;

  /**
   * The ledger as it counts: decisions that the record has no entry of are left out, since a line that
   * somebody wrote into the ledger alone is no decision.
   */
  readLedger(id: string): Promise<Ledger>;
  /** `change` gets the whole of it, and so does the caller. */
  updateLedger(id: string, change: (ledger: Ledger) => Ledger): Promise<Ledger>;

  /** Small JSON documents of an incident by name, e.g. `marks`, `intake`, `policy`, `cards`. */
  readDocument<T extends Json>(id: string, name: string): Promise<T | null>;
  /** `change` gets null when there is none yet. */
  updateDocument<T extends Json>(
    id: string,
    name: string,
    change: (value: T | null) => T,
  ): Promise<T>;

  append(id: string, entryKey: string, draft: RecordDraft): Promise<RecordHead>;
  recordHead(id: string): Promise<RecordHead>;
  /** The bytes of `record.jsonl`. */
  readRecord(id: string): Promise<Uint8Array | null>;

  /** Stores bytes under their hash; storing the same bytes again is a no-op. */
  putArtefact(id: string, name: string, content: string | Uint8Array): Promise<ArtefactRef>;
  /** Throws INVARIANT_BROKEN when the bytes no longer have that hash. */
  readArtefact(id: string, sha256: string): Promise<Uint8Array>;
  /** A readable address for people: a folder or a URL without secrets. */
  locate(id: string): { readonly record: string; readonly report: string };
  writeReport(id: string, html: string): Promise<void>;
  readReport(id: string): Promise<string | null>;
}
