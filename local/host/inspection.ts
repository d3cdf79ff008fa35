import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type HistoryEvent, reviveEvent } from './history.js';
import { HostError } from './host-error.js';
import { migrations } from './migrations/index.js';
import type { RuntimeStatus } from './records.js';

/** What can wake an open instance. */
export interface WaitsFor {
  /** Names of activities that wait or run. */
  readonly activities: readonly string[];
  /** Ids of children that have not ended. */
  readonly children: readonly string[];
  /** Ids of entities that owe an answer. */
  readonly entities: readonly string[];
  /** When its timers are due, ISO 8601. */
  readonly timers: readonly string[];
  /** Names of events from outside; null when its last step was played by an older host. */
  readonly events: readonly string[] | null;
  /** Messages that it has not taken yet. */
  readonly messages: number;
}

export interface InspectedInstance {
  readonly id: string;
  readonly orchestration: string;
  readonly status: RuntimeStatus;
  readonly parentId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** JSON text, as the orchestrator gave it. */
  readonly customStatus: string | null;
  readonly output: string | null;
  /** Null when it has ended. */
  readonly waitsFor: WaitsFor | null;
}

export interface Inspection {
  /** The newest first. */
  instances(filter: {
    readonly statuses?: readonly string[];
    readonly prefix?: string;
    readonly top?: number;
  }): readonly InspectedInstance[];
  instance(id: string): InspectedInstance | undefined;
  history(id: string): readonly HistoryEvent[];
  close(): void;
}

type Row = Record<string, string | number | null>;

/**
 * Reads the state in a data folder without changing it, whether a host runs on it or not; what is told
 * was committed. @throws HostError when there is no state, or one of another version.
 */
export function openInspection(dataDir: string): Inspection {
  const file = path.join(path.resolve(dataDir), 'durable.db');
  if (!existsSync(file)) throw new HostError(`There is no state in ${file}.`);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
  const all = (sql: string, ...values: SQLInputValue[]) => db.prepare(sql).all(...values) as Row[];
  try {
    // One snapshot for all that is told.
    db.exec('BEGIN');
    checkVersion(Number(all('PRAGMA user_version')[0]?.['user_version']), file);
  } catch (error) {
    db.close();
    throw error;
  }
  const waitsFor = (row: Row): WaitsFor => {
    const id = String(row['id']);
    const texts = (sql: string) => all(sql, id).map(({ value }) => String(value));
    const open = `IN ('Pending', 'Running', 'Suspended')`;
    return {
      activities: texts('SELECT name AS value FROM tasks WHERE instance_id = ? ORDER BY seq'),
      children: texts(
        `SELECT child_id AS value FROM waiters JOIN instances ON id = child_id
         WHERE waiters.parent_id = ? AND status ${open}`,
      ),
      entities: texts(
        `SELECT entity_id AS value FROM requests WHERE request ->> '$.parentId' = ? ORDER BY seq`,
      ),
      timers: all('SELECT due_at FROM timers WHERE instance_id = ? ORDER BY due_at', id).map(
        (timer) => iso(timer['due_at']),
      ),
      events: row['awaits'] === null ? null : (JSON.parse(String(row['awaits'])) as string[]),
      messages: all('SELECT seq FROM messages WHERE instance_id = ?', id).length,
    };
  };
  const inspected = (row: Row): InspectedInstance => ({
    id: String(row['id']),
    orchestration: String(row['name']),
    status: String(row['status']) as RuntimeStatus,
    parentId: textOrNull(row['parent_id']),
    createdAt: iso(row['created_at']),
    updatedAt: iso(row['updated_at']),
    customStatus: textOrNull(row['custom_status']),
    output: textOrNull(row['output']),
    waitsFor: /^(Pending|Running|Suspended)$/.test(String(row['status'])) ? waitsFor(row) : null,
  });
  return {
    instances({ statuses = [], prefix = '', top = -1 }) {
      const wanted =
        statuses.length === 0 ? '' : `AND status IN (${statuses.map(() => '?').join()})`;
      return all(
        `SELECT * FROM instances WHERE substr(id, 1, length(?)) = ? ${wanted} ORDER BY seq DESC LIMIT ?`,
        ...[prefix, prefix, ...statuses, top],
      ).map(inspected);
    },
    instance(id) {
      const [row] = all('SELECT * FROM instances WHERE id = ?', id);
      return row && inspected(row);
    },
    history: (id) =>
      all('SELECT events FROM steps WHERE instance_id = ? ORDER BY step', id).flatMap((row) =>
        (JSON.parse(String(row['events'])) as HistoryEvent[]).map(reviveEvent),
      ),
    close: () => db.close(),
  };
}

function checkVersion(version: number, file: string): void {
  if (version === migrations.length) return;
  const hint =
    version < migrations.length ? 'start the host once on it' : 'use that version to look';
  throw new HostError(
    `${file} is of another version of the host (${version}, this one knows ${migrations.length}): ${hint}.`,
  );
}

const iso = (ms: string | number | null | undefined): string => new Date(Number(ms)).toISOString();
const textOrNull = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
