import { RewindError } from '../../errors.js';
import type { Directory, Write, WriteAnswer } from '../../ports/directory.js';
import { readAll, sendBatch, type BatchItem, type ItemAnswer } from './batch.js';
import type { Connection } from './connection.js';
import { effectOf } from './effects.js';
import { placeOf } from './object-paths.js';
import { prepareWrite, type Prepared } from './write-items.js';

const afterRestoreMs = 2000;

interface Sendable {
  readonly write: Write;
  readonly item: BatchItem;
}

/**
 * Planned repairs as one `$batch` (port `Directory.writeBatch`). A write whose outcome nobody knows is
 * never sent again from here: the whole call throws GRAPH_UNAVAILABLE, and the caller reads before it
 * writes again (I9).
 */
export function createWrites(connection: Connection): Pick<Directory, 'writeBatch'> {
  return {
    async writeBatch(writes) {
      const prepared = new Map<Write, Prepared>();
      for (const write of writes) prepared.set(write, await prepareWrite(connection, write));
      const sent = writes.flatMap((write): Sendable[] => {
        const one = prepared.get(write);
        return one !== undefined && 'item' in one ? [{ write, item: one.item }] : [];
      });
      const answers = await sendAll(sent);
      const bySent = new Map(sent.map(({ write }, index) => [write, answers[index]]));
      return writes.map((write) => {
        const one = prepared.get(write) as Prepared;
        return 'answer' in one ? one.answer : (bySent.get(write) as WriteAnswer);
      });
    },
  };

  async function sendAll(sent: readonly Sendable[]): Promise<readonly WriteAnswer[]> {
    const writes = sent.map(({ write }) => write);
    const items = inOrder(
      writes,
      sent.map(({ item }) => item),
    );
    const given = await sendBatch(connection.client, items, {
      repeatable: false,
      now: connection.clock.now(),
    });
    const unknown = given.filter(({ kind }) => kind === 'unknown').length;
    if (unknown > 0) {
      throw new RewindError(
        'GRAPH_UNAVAILABLE',
        `The outcome of ${unknown} of ${writes.length} writes is unknown; they are read before anything is written again.`,
      );
    }
    const restored = new Set(
      writes
        .filter((write, index) => write.kind === 'restore' && succeeded(given[index]))
        .map(({ objectId }) => objectId),
    );
    return Promise.all(
      writes.map((write, index) => answerTo(write, given[index] as ItemAnswer, restored)),
    );
  }

  async function answerTo(
    write: Write,
    answer: ItemAnswer,
    restored: ReadonlySet<string>,
  ): Promise<WriteAnswer> {
    if (answer.kind !== 'answered') {
      const retryAfterMs = answer.kind === 'throttled' ? answer.retryAfterMs : 0;
      return { ok: false, code: 'THROTTLED', retryAfterMs };
    }
    // 424: an item before it failed, so this one was not tried.
    if (answer.status === 424) return { ok: false, code: 'THROTTLED', retryAfterMs: 0 };
    if (answer.status === 404 && write.kind !== 'restore' && restored.has(write.objectId)) {
      return { ok: false, code: 'THROTTLED', retryAfterMs: afterRestoreMs };
    }
    const alreadySo = answer.status < 300 ? false : await isAlreadySo(write, answer);
    return effectOf(answer, () => alreadySo);
  }

  async function isAlreadySo(
    write: Write,
    { status, body }: Extract<ItemAnswer, { kind: 'answered' }>,
  ): Promise<boolean> {
    switch (write.kind) {
      case 'update':
        return false;
      case 'addMember':
      case 'addAssignment':
        return status === 400 && /already exist/i.test(JSON.stringify(body));
      case 'removeMember':
      case 'removeAssignment':
        return status === 404;
      case 'setGrant':
        return write.scope === null && status === 404;
      case 'restore':
        return status === 404 && (await exists(placeOf(write.objectType)?.live(write.objectId)));
      case 'softDelete':
        return status === 404 && (await exists(placeOf(write.objectType)?.bin?.(write.objectId)));
    }
  }

  async function exists(path: string | undefined): Promise<boolean> {
    if (path === undefined) return false;
    const [answer] = await readAll(connection, [{ method: 'GET', path, query: { $select: 'id' } }]);
    return answer !== undefined && answer.status < 300;
  }
}

/**
 * Items run side by side unless an object is restored and written in the same batch: then the whole
 * batch runs in order, since a batch is best fully parallel or fully serial (graph fact sheet B.1).
 */
function inOrder(writes: readonly Write[], items: readonly BatchItem[]): readonly BatchItem[] {
  const restored = new Set(
    writes.filter(({ kind }) => kind === 'restore').map(({ objectId }) => objectId),
  );
  const mixed = writes.some(({ kind, objectId }) => kind !== 'restore' && restored.has(objectId));
  return mixed
    ? items.map((item, index) => (index === 0 ? item : { ...item, serial: true }))
    : items;
}

const succeeded = (answer: ItemAnswer | undefined): boolean =>
  answer?.kind === 'answered' && answer.status < 300;
