import {
  enablingsStated,
  impliedChanges,
  isHarmless,
  isSwitching,
  leavesNothing,
} from './account-switches.js';
import type { AuditEvent, ChangeKind, ObjectHistory, PropertyChange } from './audit.js';
import { coverageOf, isPseudoProperty, planName } from '../coverage/coverage.js';
import type { CoverageRow } from '../coverage/coverage-row.js';
import { asGraphValue } from './graph-values.js';
import { instantKey } from '../instants.js';
import { withoutTwins } from './policy-twins.js';
import type { Known } from '../json.js';
import { known } from '../json.js';
import { NOT_STATED, isEmpty } from './values.js';

export type Who = 'actor' | 'other' | 'ours';

/** One successful write of one thing, values in Graph's form. */
export interface WriteFact {
  readonly who: Who;
  readonly at: string;
  readonly eventId: string;
  readonly kind: ChangeKind;
  readonly before: Known;
  readonly after: Known;
  /** What the row before this one left, or the recovery point held; null when neither is known. */
  readonly earlier: Known | null;
}

/** All writes of one property, one membership or the object's existence since the recovery point. */
export interface Series {
  /** The delta's name: Graph's property, `memberOf/{groupId}`, or `*`. */
  readonly property: string;
  /** Null when no table row knows the property. */
  readonly row: CoverageRow | null;
  readonly groupId: string | null;
  readonly writes: readonly WriteFact[];
}

export interface ReadHistory {
  readonly existence: Series;
  readonly properties: readonly Series[];
  readonly memberships: readonly Series[];
  /** Operations of the actor that no property, membership or existence row describes. */
  readonly unnamed: readonly { readonly operation: string; readonly eventIds: readonly string[] }[];
  /** True when somebody else changed anything about the object since the recovery point. */
  readonly othersTouched: boolean;
}

/** Who an event counts for; an event without an initiator counts as somebody else's. */
export function whoOf(
  event: AuditEvent,
  identities: { readonly actorIds: ReadonlySet<string>; readonly ourId: string },
): Who {
  const id = event.by.id;
  if (id === null) return 'other';
  if (id.toLowerCase() === identities.ourId.toLowerCase()) return 'ours';
  return identities.actorIds.has(id) || identities.actorIds.has(id.toLowerCase())
    ? 'actor'
    : 'other';
}

/**
 * Sorts one object's rows into series. Failed rows and repeated rows are dropped. Rows up to the
 * recovery point are no damage; they only confirm that a value which a later row does not state was
 * empty (safety.md, Attribution).
 */
export function readHistory(
  history: ObjectHistory,
  recoveryPointAt: string | null,
  who: (event: AuditEvent) => Who,
  atRecoveryPoint: (property: string) => Known | null = () => null,
): ReadHistory {
  const since = recoveryPointAt === null ? '' : instantKey(recoveryPointAt);
  const collected = new Collection(history, atRecoveryPoint);
  const events = inOrder(withoutTwins(history.events));
  const enablings = enablingsStated(events.map(({ event }) => event));

  for (const { event, key } of events) {
    const counts = key > since;
    const writer = who(event);
    if (counts && writer === 'other' && !isHarmless(event)) collected.othersTouched = true;
    collected.take(event, writer, counts, enablings);
  }
  return collected.result();
}

interface Keyed {
  readonly event: AuditEvent;
  readonly key: string;
}

function inOrder(events: readonly AuditEvent[]): Keyed[] {
  const seen = new Set<string>();
  const keyed: Keyed[] = [];
  let sorted = true;
  for (const event of events) {
    const identity = `${event.id}|${event.groupId ?? ''}`;
    if (!event.succeeded || seen.has(identity)) continue;
    seen.add(identity);
    const key = instantKey(event.at);
    sorted &&= key >= (keyed.at(-1)?.key ?? '');
    keyed.push({ event, key });
  }
  return sorted ? keyed : keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

interface Entry {
  readonly series: Series;
  readonly writes: WriteFact[];
  /** What the newest row so far left behind. */
  last: Known | null;
  /** Request and change of the newest row that counts. */
  told: string | null;
}

/** A row about a whole policy that cannot be read: any property of it may have been written. */
export const isOpaque = (row: CoverageRow | null): boolean =>
  row?.kind === 'document' && row.graphProperty === null;

class Collection {
  othersTouched = false;
  readonly #history: ObjectHistory;
  readonly #existence: WriteFact[] = [];
  readonly #series = new Map<string, Entry>();
  readonly #unnamed = new Map<string, { operation: string; eventIds: string[] }>();
  readonly #opaque: WriteFact[] = [];
  readonly #atRecoveryPoint: (property: string) => Known | null;

  constructor(history: ObjectHistory, atRecoveryPoint: (property: string) => Known | null) {
    this.#history = history;
    this.#atRecoveryPoint = atRecoveryPoint;
  }

  take(event: AuditEvent, who: Who, counts: boolean, stated: ReadonlySet<string>): void {
    switch (event.kind) {
      case 'create':
      case 'restore':
      case 'softDelete':
      case 'hardDelete':
        if (counts) this.#existence.push(existenceWrite(event, who));
        return;
      case 'addMember':
      case 'removeMember':
        if (event.groupId !== null) this.#addMembership(event, event.groupId, who, counts);
        else if (counts && who === 'actor') this.#addUnnamed(event);
        return;
      default:
        this.#addChanges(event, who, counts, stated);
    }
  }

  result(): ReadHistory {
    const all = [...this.#series.values()]
      .map(({ series }) => series)
      .filter(({ writes }) => writes.length > 0)
      .sort((a, b) => (a.property < b.property ? -1 : 1));
    return {
      existence: {
        property: '*',
        row: coverageOf(this.#history.objectType, '*'),
        groupId: null,
        writes: this.#existence,
      },
      properties: all.filter(({ groupId }) => groupId === null),
      memberships: all.filter(({ groupId }) => groupId !== null),
      unnamed: [...this.#unnamed.values()],
      othersTouched: this.othersTouched,
    };
  }

  #addChanges(event: AuditEvent, who: Who, counts: boolean, stated: ReadonlySet<string>): void {
    if (isSwitching(event) && stated.has(event.correlationId)) return;
    let described = false;
    for (const change of [...event.changes, ...impliedChanges(event)]) {
      if (isPseudoProperty(change.property)) continue;
      const row = coverageOf(this.#history.objectType, change.property);
      if (row === null && event.kind === 'other') continue;
      described = true;
      this.#addChange(event, change, row, who, counts);
    }
    const unnamed = !described && event.kind === 'other' && !leavesNothing(event);
    if (unnamed && counts && who === 'actor') this.#addUnnamed(event);
  }

  #addChange(
    event: AuditEvent,
    change: PropertyChange,
    row: CoverageRow | null,
    who: Who,
    counts: boolean,
  ): void {
    const property = row === null ? change.property.trim() : planName(row, change.property);
    const entry = this.#entry(property, row, null);
    const stated = (value: Known) => (row === null ? value : asGraphValue(row, value));
    const earlier = this.#earlier(entry, counts);
    const before = confirmed(stated(change.before), earlier);
    const after = stated(change.after);
    entry.last = after;
    if (!counts || tellsAgain(entry, event, change)) return;
    const write = fact(event, who, before, after, earlier);
    if (isOpaque(row)) this.#addOpaque(write);
    entry.writes.push(write);
  }

  /** Before the first row since the recovery point that is what the point itself holds. */
  #earlier({ series, writes, last }: Entry, counts: boolean): Known | null {
    const held = counts && writes.length === 0 ? this.#atRecoveryPoint(series.property) : null;
    return held?.known ? held : last;
  }

  #addOpaque(write: WriteFact): void {
    this.#opaque.push(write);
    for (const { series, writes } of this.#series.values()) {
      if (series.groupId === null && !isOpaque(series.row)) writes.push(write);
    }
  }

  #addMembership(event: AuditEvent, groupId: string, who: Who, counts: boolean): void {
    const row = coverageOf(this.#history.objectType, 'memberOf');
    const entry = this.#entry(`memberOf/${groupId}`, row, groupId);
    const isMember = event.kind === 'addMember';
    if (counts) entry.writes.push(fact(event, who, known(!isMember), known(isMember), null));
  }

  #addUnnamed(event: AuditEvent): void {
    const operation = event.operation.trim();
    const entry = this.#unnamed.get(operation) ?? { operation, eventIds: [] };
    entry.eventIds.push(event.id);
    this.#unnamed.set(operation, entry);
  }

  #entry(property: string, row: CoverageRow | null, groupId: string | null): Entry {
    const present = this.#series.get(property);
    if (present) return present;
    const writes: WriteFact[] = groupId === null && !isOpaque(row) ? [...this.#opaque] : [];
    const series: Series = { property, row, groupId, writes };
    const entry: Entry = { series, writes, last: null, told: null };
    this.#series.set(property, entry);
    return entry;
  }
}

/** One request may tell the same change in two rows, e.g. of an amended consent (graph fact sheet D.2). */
function tellsAgain(entry: Entry, { correlationId }: AuditEvent, change: PropertyChange): boolean {
  const told = `${correlationId} ${JSON.stringify([change.before, change.after])}`;
  const again = correlationId !== '' && entry.told === told;
  entry.told = told;
  return again;
}

const fact = (
  event: AuditEvent,
  who: Who,
  before: Known,
  after: Known,
  earlier: Known | null,
): WriteFact => ({
  who,
  at: event.at,
  eventId: event.id,
  kind: event.kind,
  before,
  after,
  earlier,
});

function existenceWrite(event: AuditEvent, who: Who): WriteFact {
  const exists = event.kind === 'create' || event.kind === 'restore';
  const existed = !exists;
  return fact(event, who, known(existed), known(exists), null);
}

/** A value the row does not state was empty when the row before it left the property empty. */
function confirmed(before: Known, last: Known | null): Known {
  if (before.known || before.why !== NOT_STATED) return before;
  return last?.known && isEmpty(last.value) ? last : before;
}
