import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type HistoryEvent, reviveEvent } from './history.js';
import { HostError } from './host-error.js';
import { migrations } from './migrations/index.js';
import type {
  EntityRequest,
  InstanceQuery,
  InstanceRecord,
  Message,
  Schedule,
  Task,
  Timer,
  Waiter,
} from './records.js';

type Row = Record<string, string | number | null>;

interface Write {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/**
 * All durable state of the host, in one SQLite database; besides it only the inspection speaks SQL.
 * Writes are queued and become durable together at `commit()`: a transition queues all its writes in
 * one go, so a commit holds whole transitions only. Reads see what was committed.
 */
export class Store {
  readonly #db: DatabaseSync;
  readonly #lock: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #writes: (Write | undefined)[] = [];
  /** Messages queued but not committed: one that is used up before its commit need not be written. */
  readonly #fresh = new Map<number, number>();
  #lastSeq: number;

  /** @throws HostError when the file is in use, of a newer version, or cannot be written. */
  constructor(file: string) {
    try {
      this.#lock = file === ':memory:' ? undefined : takeLock(`${file}.lock`);
      this.#db = open(file);
    } catch (error) {
      this.#lock?.close();
      throw explainOpening(error, file);
    }
    this.#lastSeq = Math.max(
      ...['instances', 'messages', 'requests', 'tasks'].map((table) =>
        Number(this.#get(`SELECT coalesce(max(seq), 0) AS seq FROM ${table}`)?.['seq']),
      ),
    );
  }

  /** A number larger than every one given before, also by earlier processes that still matters. */
  nextSeq(): number {
    this.#lastSeq += 1;
    return this.#lastSeq;
  }

  get pending(): boolean {
    return this.#writes.length > 0;
  }

  /** Makes everything queued durable, or nothing of it. @throws HostError when the disk refuses. */
  commit(): void {
    const writes = this.#writes;
    this.#writes = [];
    this.#fresh.clear();
    if (writes.length === 0) return;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const write of writes) if (write) this.#statement(write.sql).run(...write.values);
      this.#db.exec('COMMIT');
    } catch (error) {
      throw new HostError(`The state could not be written: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Forgets what was queued, as a killed process does. */
  discard(): void {
    this.#writes = [];
    this.#fresh.clear();
  }

  close(): void {
    this.#db.close();
    this.#lock?.close();
  }

  putInstance(record: InstanceRecord): void {
    const { id, seq, name, executionId, status, input, output, customStatus, parentId } = record;
    const times = [record.createdAt, record.updatedAt];
    const awaits = record.awaits && JSON.stringify(record.awaits);
    const state = [status, input, output, customStatus, parentId, ...times, awaits];
    this.#put('instances', id, seq, name, executionId, ...state);
  }

  addStep(instanceId: string, step: number, events: readonly HistoryEvent[]): void {
    this.#put('steps', instanceId, step, JSON.stringify(events));
  }

  clearHistory(instanceId: string): void {
    this.#queue('DELETE FROM steps WHERE instance_id = ?', instanceId);
  }

  /** Everything an instance left behind, but not what others wait for. */
  removeInstance(id: string): void {
    for (const table of ['steps', 'messages', 'tasks', 'timers'])
      this.#queue(`DELETE FROM ${table} WHERE instance_id = ?`, id);
    this.#queue('DELETE FROM instances WHERE id = ?', id);
  }

  addMessage({ seq, instanceId, executionId, rank, event }: Message): void {
    this.#fresh.set(seq, this.#writes.length);
    this.#put('messages', seq, instanceId, executionId, rank, JSON.stringify(event));
  }

  dropMessage(seq: number): void {
    const queued = this.#fresh.get(seq);
    if (queued === undefined) this.#queue('DELETE FROM messages WHERE seq = ?', seq);
    else {
      this.#writes[queued] = undefined;
      this.#fresh.delete(seq);
    }
  }

  addTask({ instanceId, executionId, taskId, seq, name, input }: Task): void {
    this.#put('tasks', instanceId, executionId, taskId, seq, name, input);
  }

  dropTask({ instanceId, executionId, taskId }: Task): void {
    const key = [instanceId, executionId, taskId];
    this.#queue(
      'DELETE FROM tasks WHERE instance_id = ? AND execution_id = ? AND task_id = ?',
      ...key,
    );
  }

  addTimer({ instanceId, executionId, timerId, dueAt, fireAt }: Timer): void {
    this.#put('timers', instanceId, executionId, timerId, dueAt, fireAt);
  }

  dropTimer({ instanceId, executionId, timerId }: Timer): void {
    const key = [instanceId, executionId, timerId];
    this.#queue(
      'DELETE FROM timers WHERE instance_id = ? AND execution_id = ? AND timer_id = ?',
      ...key,
    );
  }

  dropTimersOf(instanceId: string): void {
    this.#queue('DELETE FROM timers WHERE instance_id = ?', instanceId);
  }

  addWaiter(childId: string, { parentId, parentExecutionId, taskId }: Waiter): void {
    this.#put('waiters', childId, parentId, parentExecutionId, taskId);
  }

  dropWaitersFor(childId: string): void {
    this.#queue('DELETE FROM waiters WHERE child_id = ?', childId);
  }

  /** `state` is JSON text. */
  putEntity(id: string, exists: boolean, state: string | null): void {
    if (exists) this.#put('entities', id, state);
    else this.#queue('DELETE FROM entities WHERE id = ?', id);
  }

  addRequest(request: EntityRequest): void {
    this.#put('requests', request.seq, request.entityId, JSON.stringify(request));
  }

  dropRequest(seq: number): void {
    this.#queue('DELETE FROM requests WHERE seq = ?', seq);
  }

  putSchedule(name: string, { lastAt, nextAt }: Schedule): void {
    this.#put('schedules', name, lastAt, nextAt);
  }

  instance(id: string): InstanceRecord | undefined {
    const row = this.#get('SELECT * FROM instances WHERE id = ?', id);
    return row && toInstance(row);
  }

  history(instanceId: string): { events: HistoryEvent[]; steps: number } {
    const rows = this.#all(
      'SELECT step, events FROM steps WHERE instance_id = ? ORDER BY step',
      instanceId,
    );
    const events = rows.flatMap((row) =>
      (JSON.parse(String(row['events'])) as HistoryEvent[]).map(reviveEvent),
    );
    return { events, steps: Number(rows.at(-1)?.['step'] ?? -1) + 1 };
  }

  messages(instanceId: string): Message[] {
    return this.#all(
      'SELECT * FROM messages WHERE instance_id = ? ORDER BY rank, seq',
      instanceId,
    ).map((row) => ({
      seq: Number(row['seq']),
      instanceId,
      executionId: textOrNull(row['execution_id']),
      rank: Number(row['rank']),
      event: reviveEvent(JSON.parse(String(row['event'])) as HistoryEvent),
    }));
  }

  instancesWithMessages(): string[] {
    return this.#all('SELECT DISTINCT instance_id AS id FROM messages').map((row) =>
      String(row['id']),
    );
  }

  tasks(): Task[] {
    return this.#all('SELECT * FROM tasks ORDER BY seq').map((row) => ({
      seq: Number(row['seq']),
      instanceId: String(row['instance_id']),
      executionId: String(row['execution_id']),
      taskId: Number(row['task_id']),
      name: String(row['name']),
      input: textOrNull(row['input']),
    }));
  }

  /** Numbers of the activities of an instance that are still to be run or run now. */
  tasksOf(instanceId: string): Set<number> {
    const rows = this.#all('SELECT task_id FROM tasks WHERE instance_id = ?', instanceId);
    return new Set(rows.map((row) => Number(row['task_id'])));
  }

  timers(): Timer[] {
    return this.#all('SELECT * FROM timers').map((row) => ({
      instanceId: String(row['instance_id']),
      executionId: String(row['execution_id']),
      timerId: Number(row['timer_id']),
      dueAt: Number(row['due_at']),
      fireAt: String(row['fire_at']),
    }));
  }

  waiters(): (Waiter & { readonly childId: string })[] {
    return this.#all('SELECT * FROM waiters').map((row) => ({
      childId: String(row['child_id']),
      parentId: String(row['parent_id']),
      parentExecutionId: String(row['parent_execution_id']),
      taskId: Number(row['task_id']),
    }));
  }

  entity(id: string): { state: string | null } | undefined {
    const row = this.#get('SELECT state FROM entities WHERE id = ?', id);
    return row && { state: textOrNull(row['state']) };
  }

  requests(): EntityRequest[] {
    return this.#all('SELECT request FROM requests ORDER BY seq').map(
      (row) => JSON.parse(String(row['request'])) as EntityRequest,
    );
  }

  schedule(name: string): Schedule | undefined {
    const row = this.#get('SELECT * FROM schedules WHERE function_name = ?', name);
    return row && { lastAt: Number(row['last_at']), nextAt: Number(row['next_at']) };
  }

  /**
   * Open instances that nothing in the state can wake: no message, activity, timer, entity call or
   * open child, and known not to wait for an event from outside.
   */
  forgotten(): string[] {
    const none = (table: string, column = 'instance_id') =>
      `NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.${column} = i.id)`;
    return this.#all(
      `SELECT i.id AS id FROM instances i
       WHERE i.status IN ('Pending', 'Running') AND i.awaits = '[]'
         AND ${none('messages')} AND ${none('tasks')} AND ${none('timers')}
         AND i.id NOT IN (SELECT request ->> '$.parentId' FROM requests WHERE request ->> '$.parentId' IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM waiters w JOIN instances c ON c.id = w.child_id
           WHERE w.parent_id = i.id AND c.status IN ('Pending', 'Running', 'Suspended'))
       ORDER BY i.seq`,
    ).map((row) => String(row['id']));
  }

  /** Instances in the order of their creation. */
  instances(query: InstanceQuery): InstanceRecord[] {
    const { where, values } = conditions(query);
    return this.#all(
      `SELECT * FROM instances WHERE ${where} ORDER BY seq LIMIT ?`,
      ...values,
      query.top ?? -1,
    ).map(toInstance);
  }

  /** Adds a row, or replaces the one with its key. Values in the order of the table's columns. */
  #put(table: string, ...values: SQLInputValue[]): void {
    const marks = values.map(() => '?').join(', ');
    this.#queue(`INSERT OR REPLACE INTO ${table} VALUES (${marks})`, ...values);
  }

  #queue(sql: string, ...values: SQLInputValue[]): void {
    this.#writes.push({ sql, values });
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }
}

/**
 * Keeps a second host off the same folder, until it is closed or the process ends. A file of its own,
 * so that the state itself can be read meanwhile.
 */
function takeLock(file: string): DatabaseSync {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    prepare(db, file);
    return db;
  } catch (error) {
    // Rolls back a migration that broke off, and lets go of the file.
    db.close();
    throw error;
  }
}

function prepare(db: DatabaseSync, file: string): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const version = Number((db.prepare('PRAGMA user_version').get() as Row)['user_version']);
  if (version > migrations.length)
    throw new HostError(
      `${file} was written by a newer version of the host (state version ${version}, this host knows ${migrations.length}). Use that version, or another data folder.`,
    );
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

function explainOpening(error: unknown, file: string): Error {
  if (error instanceof HostError) return error;
  const message = (error as Error).message;
  if (/locked|busy/i.test(message))
    return new HostError(`Another host is running on this data folder: ${file} is in use.`);
  const hint = /disk I\/O|readonly|unable to open/i.test(message)
    ? ' Is its folder there, and may this user write to it?'
    : '';
  return new HostError(`The state in ${file} cannot be opened: ${message}.${hint}`, {
    cause: error,
  });
}

function conditions(query: InstanceQuery): { where: string; values: SQLInputValue[] } {
  const parts = ['seq > ?'];
  const values: SQLInputValue[] = [query.afterSeq ?? 0];
  if (query.statuses?.length) {
    parts.push(`status IN (${query.statuses.map(() => '?').join(', ')})`);
    values.push(...query.statuses);
  }
  if (query.createdFrom !== undefined) {
    parts.push('created_at >= ?');
    values.push(query.createdFrom);
  }
  if (query.createdTo !== undefined) {
    parts.push('created_at <= ?');
    values.push(query.createdTo);
  }
  if (query.idPrefix !== undefined) {
    parts.push('substr(id, 1, length(?)) = ?');
    values.push(query.idPrefix, query.idPrefix);
  }
  return { where: parts.join(' AND '), values };
}

const textOrNull = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

function toInstance(row: Row): InstanceRecord {
  return {
    id: String(row['id']),
    seq: Number(row['seq']),
    name: String(row['name']),
    executionId: String(row['execution_id']),
    status: String(row['status']) as InstanceRecord['status'],
    input: textOrNull(row['input']),
    output: textOrNull(row['output']),
    customStatus: textOrNull(row['custom_status']),
    parentId: textOrNull(row['parent_id']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
    awaits: row['awaits'] === null ? null : (JSON.parse(String(row['awaits'])) as string[]),
  };
}
