import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { RewindError } from '../../../shared/errors.js';
import type { Write, WriteAnswer } from '../../../shared/ports/directory.js';
import { sendJournalled } from './batch-journal.js';
import { inRuns } from '../lines.js';
import type { Stop } from '../approve/may-execute.js';
import type { ActivityServices } from '../services.js';
import type { WaveLine } from './wave-file.js';
import { groupsOf, type Group, type Item } from './write-groups.js';

export interface Sent {
  /** Why nothing more was sent; null when everything was. */
  readonly stop: Stop | null;
  /** What broke the sending, if anything did: to be thrown once the results are stored. */
  readonly failure: { readonly error: unknown } | null;
  lineOf(object: PlannedObject): WaveLine;
}

/** A restored object is not everywhere at once; what hangs on it is tried this often. */
const triesAfterRestore = 10;
const waitAfterRestoreMs = 2000;
/** So many doubtful writes in a row without an answer: it is the service, not the objects. */
const silencesInARow = 3;

/** Restores come before what hangs on the restored object, and what hangs on it before a soft delete. */
const phases: readonly ((kind: Write['kind']) => boolean)[] = [
  (kind) => kind === 'restore',
  (kind) => kind === 'update',
  (kind) => kind !== 'restore' && kind !== 'update' && kind !== 'softDelete',
  (kind) => kind === 'softDelete',
];

/**
 * Sends writes as batches of 20, at most four at once and no faster than the policy's share of the
 * published quota; throttled items go again after the longest `Retry-After`, and until then nothing is
 * sent (graph fact sheet B.1, B.2). Policies have a quota of their own and go one after the other.
 * `stopBefore` is asked before each batch. What an earlier run sent without learning the outcome is
 * doubtful: it goes last and each alone, so that one object that always breaks its batch stops nobody else.
 */
export async function sendWrites(
  services: ActivityServices,
  job: {
    readonly incidentId: string;
    readonly label: string;
    readonly execution: Policy['execution'];
    readonly items: readonly Item[];
    readonly isDoubtful: (objectId: string) => boolean;
    /** An earlier run wrote the object, or may have. */
    readonly perhapsWritten: (objectId: string) => boolean;
    /** No further run follows: writes that get no answer even alone are told as such, not thrown. */
    readonly lastRun: boolean;
    readonly stopBefore: () => Promise<Stop | null>;
  },
): Promise<Sent> {
  const answers = new Map<Item, WriteAnswer | 'unknown'>();
  const tries = new Map<Item, number>();
  let batchNumber = 0;
  let stop: Stop | null = null;
  let failure: Sent['failure'] = null;
  let silence: Sent['failure'] = null;
  let silentInARow = 0;

  for (const group of groupsOf(services, job)) {
    for (const isInPhase of phases) {
      let open = group.items.filter(({ write }) => isInPhase(write.kind)).filter(canFollow);
      while (open.length > 0 && !isOver()) {
        await sendAll(open, group);
        open = open.filter((item) => isThrottled(answers.get(item)));
      }
    }
  }
  if (!job.lastRun) failure ??= silence;
  return { stop, failure, lineOf };

  function isOver(): boolean {
    return stop !== null || failure !== null;
  }

  /** Sends each run once. Senders that are on their way when one fails come to their own end first. */
  async function sendAll(items: readonly Item[], group: Group): Promise<void> {
    const batches = inRuns(items, group.perBatch);
    const sender = async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        if (isOver()) return;
        await group.turns.next(batch.length, group.budget);
        if (isOver()) return;
        stop ??= await job.stopBefore();
        if (isOver()) return;
        await (group.doubtful ? sendDoubtful(batch, group) : sendOne(batch, group));
      }
    };
    const guarded = async () => {
      try {
        await sender();
      } catch (error) {
        failure ??= { error };
      }
    };
    await Promise.all(Array.from({ length: group.inFlight }, guarded));
  }

  async function sendDoubtful(batch: readonly Item[], group: Group): Promise<void> {
    try {
      await sendOne(batch, group);
      silentInARow = 0;
    } catch (error) {
      if (!(error instanceof RewindError) || error.code !== 'GRAPH_UNAVAILABLE') throw error;
      silence ??= { error };
      silentInARow += 1;
      if (silentInARow >= silencesInARow && !job.lastRun) throw error;
    }
  }

  async function sendOne(batch: readonly Item[], { turns }: Group): Promise<void> {
    batchNumber += 1;
    const key = `batch:${job.label}:${batchNumber}`;
    const writes = batch.map(({ write }) => write);
    for (const item of batch) answers.set(item, 'unknown');
    const given = await sendJournalled(services, job.incidentId, {
      key,
      number: batchNumber,
      writes,
    });
    for (const [index, item] of batch.entries()) {
      const answer = settled(item, given[index]);
      answers.set(item, answer ?? 'unknown');
      if (isThrottled(answer)) turns.pause(answer.retryAfterMs);
    }
  }

  /** Right after its restore an object may still be unknown to the replica that was asked. */
  function settled(item: Item, answer: WriteAnswer | undefined): WriteAnswer | undefined {
    const tried = (tries.get(item) ?? 0) + 1;
    tries.set(item, tried);
    const isTooEarly =
      answer?.ok === false &&
      answer.code === 'GRAPH_REJECTED' &&
      answer.status === 404 &&
      tried < triesAfterRestore &&
      item.write.kind !== 'restore' &&
      restoresOf(item.object).some(isAccepted);
    return isTooEarly ? { ok: false, code: 'THROTTLED', retryAfterMs: waitAfterRestoreMs } : answer;
  }

  /** Nothing is sent to an object that could not be restored. */
  function canFollow({ object, write }: Item): boolean {
    return write.kind === 'restore' || restoresOf(object).every(isAccepted);
  }

  function restoresOf(object: PlannedObject): (WriteAnswer | 'unknown' | undefined)[] {
    return job.items
      .filter((item) => item.object === object && item.write.kind === 'restore')
      .map((item) => answers.get(item));
  }

  /** It left the bin since it was read there; a replica may not show yet that an earlier run restored it. */
  function isPerhapsRestored(item: Item): boolean {
    const answer = answers.get(item);
    const isGone = isRefused(answer) && answer.status === 404;
    return isGone && item.write.kind === 'restore' && job.perhapsWritten(item.object.objectId);
  }

  function lineOf(object: PlannedObject): WaveLine {
    const { objectId } = object;
    const items = job.items.filter((item) => item.object === object);
    const own = items.map((item) => answers.get(item));
    const written = own.filter(isAccepted).length;
    const partly = written > 0 && written < own.length ? { partly: true as const } : {};
    const refused = own.find(isRefused);
    if (own.length === 0) {
      return { objectId, result: 'failed', detail: 'no write of the plan can be sent' };
    }
    if (refused !== undefined) {
      const detail = `${refused.status} ${refused.message}`;
      const result = items.some(isPerhapsRestored) ? 'unknown' : 'failed';
      return { objectId, result, detail, ...partly };
    }
    if (own.includes('unknown')) {
      return { objectId, result: 'unknown', detail: 'sent, outcome unknown', ...partly };
    }
    if (written < own.length) return { objectId, result: 'notReached', detail: null, ...partly };
    return { objectId, result: 'applied', detail: null };
  }
}

const isAccepted = (answer: WriteAnswer | 'unknown' | undefined): boolean =>
  typeof answer === 'object' && answer.ok;

function isThrottled(
  answer: WriteAnswer | 'unknown' | undefined,
): answer is Extract<WriteAnswer, { code: 'THROTTLED' }> {
  return typeof answer === 'object' && !answer.ok && answer.code === 'THROTTLED';
}

function isRefused(
  answer: WriteAnswer | 'unknown' | undefined,
): answer is Extract<WriteAnswer, { code: 'GRAPH_REJECTED' }> {
  return typeof answer === 'object' && !answer.ok && answer.code === 'GRAPH_REJECTED';
}
