import type { PlannedObject } from '../../shared/domain/plan.js';
import type { Policy } from '../../shared/domain/policy.js';
import type { Write, WriteAnswer } from '../../shared/ports/directory.js';
import { readMarks } from './case-file.js';
import { inRuns, putLines } from './lines.js';
import { isoNow, product, type ActivityServices } from './services.js';
import type { WaveLine } from './wave-file.js';

export interface Item {
  readonly object: PlannedObject;
  readonly write: Write;
}

export interface Sent {
  readonly stopped: 'held' | null;
  lineOf(object: PlannedObject): WaveLine;
}

const itemsPerBatch = 20;
const batchesInFlight = 4;
/** Restores come before what hangs on the restored object, properties before memberships. */
const phases: readonly Write['kind'][][] = [
  ['restore'],
  ['update'],
  ['softDelete'],
  ['addMember', 'removeMember'],
];

/**
 * Sends writes as batches of 20, started no faster than the policy's share of the published quota, and
 * sends throttled items again after the longest `Retry-After` (graph fact sheet B.1, B.2). Every batch
 * has an intent entry before it and an outcome entry after it.
 */
export async function sendWrites(
  services: ActivityServices,
  job: { incidentId: string; label: string; policy: Policy; items: readonly Item[] },
): Promise<Sent> {
  const { writeQuota, writeBudget } = job.policy.execution;
  const msPerWrite = (writeQuota.perSeconds * 1000) / (writeQuota.requests * writeBudget);
  const answers = new Map<Item, WriteAnswer>();
  let nextStart = services.clock.now();
  let batchNumber = 0;
  let held = false;

  for (const kinds of phases) {
    let open = job.items.filter(({ write }) => kinds.includes(write.kind));
    while (open.length > 0 && !held) {
      const wait = await sendAll(open);
      open = open.filter((item) => isThrottled(answers.get(item)));
      if (open.length > 0) await services.clock.sleep(wait);
    }
  }
  return { stopped: held ? 'held' : null, lineOf };

  /** Sends each run once; answers with the longest wait that a throttled item asked for. */
  async function sendAll(items: readonly Item[]): Promise<number> {
    const batches = inRuns(items, itemsPerBatch);
    let wait = 0;
    const sender = async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        if ((await readMarks(services, job.incidentId)).held) held = true;
        if (held) return;
        await pace(batch.length);
        for (const answer of await sendOne(batch)) {
          if (isThrottled(answer)) wait = Math.max(wait, answer.retryAfterMs);
        }
      }
    };
    await Promise.all(Array.from({ length: batchesInFlight }, sender));
    return wait;
  }

  async function pace(writes: number): Promise<void> {
    const now = services.clock.now();
    const start = Math.max(now, nextStart);
    nextStart = start + writes * msPerWrite;
    if (start > now) await services.clock.sleep(start - now);
  }

  async function sendOne(batch: readonly Item[]): Promise<readonly WriteAnswer[]> {
    batchNumber += 1;
    const key = `batch:${job.label}:${batchNumber}`;
    const writes = batch.map(({ write }) => write);
    const journal = await putLines(services, job.incidentId, `${key}:intent`, writes);
    await services.store.append(job.incidentId, `${key}:intent`, {
      at: isoNow(services),
      kind: 'execute.intent',
      by: product,
      summary: `Batch ${batchNumber}: ${writes.length} writes.`,
      artefact: journal,
    });
    const given = await services.directory.writeBatch(writes);
    batch.forEach((item, index) => {
      const answer = given[index];
      if (answer !== undefined) answers.set(item, answer);
    });
    const outcome = await putLines(services, job.incidentId, `${key}:outcome`, given);
    await services.store.append(job.incidentId, `${key}:outcome`, {
      at: isoNow(services),
      kind: 'execute.outcome',
      by: product,
      summary: `Batch ${batchNumber}: ${given.filter((answer) => answer.ok).length} of ${given.length} accepted.`,
      artefact: outcome,
    });
    return given;
  }

  function lineOf(object: PlannedObject): WaveLine {
    const { objectId } = object;
    const own = job.items.filter((item) => item.object === object).map((item) => answers.get(item));
    if (own.some((answer) => answer === undefined)) {
      return { objectId, result: 'notReached', detail: null };
    }
    const refused = own.find((answer) => answer !== undefined && !answer.ok);
    if (refused !== undefined && !refused.ok && refused.code === 'GRAPH_REJECTED') {
      return { objectId, result: 'failed', detail: `${refused.status} ${refused.message}` };
    }
    return { objectId, result: 'applied', detail: null };
  }
}

function isThrottled(
  answer: WriteAnswer | undefined,
): answer is Extract<WriteAnswer, { code: 'THROTTLED' }> {
  return answer !== undefined && !answer.ok && answer.code === 'THROTTLED';
}
