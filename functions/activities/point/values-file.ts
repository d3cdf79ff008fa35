import type { ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { compareInstants, compareText } from '../../../shared/domain/instants.js';
import type { NativeChange, NativeJob } from '../../../shared/domain/native/native-job.js';
import type { PointValues } from '../../../shared/domain/native/point-check.js';
import { pointFacts, type PointFacts } from '../../../shared/domain/native/point-values.js';
import type { CurrentObject } from '../../../shared/domain/plan/plan.js';
import { inRuns, objectsPerChunk, putLines, readLines } from '../lines.js';
import { partOf, Spool } from '../spool.js';
import type { ActivityServices } from '../services.js';

/** One object of the scope that the service was asked about; null when it names no difference. */
interface PointLine {
  readonly objectId: string;
  readonly change: NativeChange | null;
}

/** The artefact that finds them: runs of lines by object id, so that no reader needs them all. */
interface PointIndex {
  readonly jobId: string;
  /** What was written after this, the preview may not have seen. */
  readonly startedAt: string;
  readonly runs: readonly {
    /** Which part of the ids, where there were too many to sort at once. */
    readonly part: number | null;
    readonly from: string;
    readonly to: string;
    readonly sha256: string;
  }[];
}

/**
 * Brings the objects of the scope and what a preview names together, and keeps both as lines in the order
 * of the object ids. What the preview names outside the scope is counted by kind and not kept.
 */
export async function storePointValues(
  services: ActivityServices,
  about: {
    readonly incidentId: string;
    readonly run: number;
    readonly job: NativeJob;
    /** Ids, lower case, of the objects that the preview was asked about. */
    readonly scope: AsyncIterable<string>;
    readonly changes: AsyncIterable<NativeChange>;
  },
  held = 50_000,
): Promise<Omit<PointValues, 'pointId' | 'targetAt'>> {
  const { incidentId, run, job, scope, changes } = about;
  const name = `point-values-${run}`;
  const keyOf = ({ objectId }: PointLine): string => objectId;
  const spool = new Spool<PointLine>(services, incidentId, { name, keyOf, held });
  for await (const objectId of scope) await spool.add({ objectId, change: null });
  for await (const change of changes) await spool.add({ objectId: change.objectId, change });

  const outside: Record<string, number> = {};
  const totals = { objects: 0, named: 0, linked: 0 };
  const runs: PointIndex['runs'][number][] = [];
  for await (const { values, isPart } of withParts(spool)) {
    const inScope = new Map<string, PointLine>();
    for (const line of values) if (line.change === null) inScope.set(line.objectId, line);
    for (const { objectId, change } of values) {
      if (change === null) continue;
      if (inScope.has(objectId)) inScope.set(objectId, { objectId, change });
      else outside[change.entityType] = (outside[change.entityType] ?? 0) + 1;
    }
    const lines = [...inScope.values()].sort((a, b) => compareText(a.objectId, b.objectId));
    totals.objects += lines.length;
    totals.named += lines.filter(({ change }) => change !== null).length;
    totals.linked += lines.filter(({ change }) => (change?.links.length ?? 0) > 0).length;
    for (const some of inRuns(lines, objectsPerChunk)) {
      const [from, to] = [some[0]?.objectId ?? '', some.at(-1)?.objectId ?? ''];
      const { sha256 } = await putLines(services, incidentId, name, some);
      runs.push({ part: isPart ? partOf(from) : null, from, to, sha256 });
    }
  }
  const index: PointIndex = { jobId: job.id, startedAt: job.startedAt, runs };
  const text = JSON.stringify(index);
  const { sha256 } = await services.store.putArtefact(incidentId, `${name}-index`, text);
  return { jobId: job.id, index: sha256, ...totals, outside };
}

/** Whether a spool was laid aside shows only in how many parts it yields. */
async function* withParts(
  spool: Spool<PointLine>,
): AsyncGenerator<{ values: PointLine[]; isPart: boolean }> {
  let before: PointLine[] | null = null;
  let isPart = false;
  for await (const values of spool.parts()) {
    if (before !== null) yield { values: before, isPart: (isPart = true) };
    before = values;
  }
  if (before !== null) yield { values: before, isPart };
}

/** What the recovery point was seen to hold of some objects. */
export interface PointChanges {
  /** Whether the service was asked about the object. */
  covers(object: { readonly objectId: string }): boolean;
  /** Null for objects that the service was not asked about. */
  factsOf(history: ObjectHistory, current: CurrentObject): PointFacts | null;
}

/** Reads what is kept of these objects, and no more runs than they lie in; null without an index. */
export async function readPointChanges(
  services: ActivityServices,
  incidentId: string,
  index: string | undefined,
  objects: readonly { readonly objectId: string }[],
): Promise<PointChanges | null> {
  if (index === undefined) return null;
  const bytes = await services.store.readArtefact(incidentId, index);
  const { startedAt, runs } = JSON.parse(Buffer.from(bytes).toString('utf8')) as PointIndex;
  const wanted = new Set(objects.map(({ objectId }) => objectId.toLowerCase()));
  const ids = [...wanted].map((id) => ({ id, part: partOf(id) }));
  const known = new Map<string, NativeChange | null>();
  for (const { part, from, to, sha256 } of runs) {
    const isWanted = ids.some(
      (one) => (part === null || part === one.part) && from <= one.id && one.id <= to,
    );
    if (!isWanted) continue;
    for (const line of await readLines<PointLine>(services, incidentId, sha256)) {
      if (wanted.has(line.objectId)) known.set(line.objectId, line.change);
    }
  }
  return {
    covers: ({ objectId }) => known.has(objectId.toLowerCase()),
    factsOf({ objectId, events }, current) {
      const change = known.get(objectId.toLowerCase());
      if (change === undefined) return null;
      const isStill = events.every(({ at }) => compareInstants(at, startedAt) < 0);
      return pointFacts(current, change ?? undefined, isStill);
    },
  };
}
