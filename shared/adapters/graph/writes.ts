import type { ObjectType } from '../../domain/audit.js';
import { writeBody } from '../../domain/property-paths.js';
import { RewindError } from '../../errors.js';
import type { Directory, Write, WriteAnswer } from '../../ports/directory.js';
import { readAll, sendBatch, type BatchItem, type ItemAnswer } from './batch.js';
import type { Connection } from './connection.js';
import { effectOf, notSent } from './effects.js';
import { graphPath } from './request.js';

type Settable = 'user' | 'group' | 'application' | 'servicePrincipal';

const collections: Readonly<Record<Settable, string>> = {
  user: 'users',
  group: 'groups',
  application: 'applications',
  servicePrincipal: 'servicePrincipals',
};
const afterRestoreMs = 2000;

/**
 * Planned repairs as one `$batch` (port `Directory.writeBatch`). A write whose outcome nobody knows is
 * never sent again from here: the whole call throws GRAPH_UNAVAILABLE, and the caller reads before it
 * writes again (I9).
 */
export function createWrites(connection: Connection): Pick<Directory, 'writeBatch'> {
  return {
    async writeBatch(writes) {
      const refusals = await Promise.all(writes.map(refusalOf));
      const sent = writes.filter((_write, index) => refusals[index] === null);
      const answers = await sendAll(sent);
      const bySent = new Map(sent.map((write, index) => [write, answers[index] as WriteAnswer]));
      return writes.map((write, index) => refusals[index] ?? (bySent.get(write) as WriteAnswer));
    },
  };

  /** What must not or cannot be sent at all. */
  async function refusalOf(write: Write): Promise<WriteAnswer | null> {
    if (write.kind === 'addMember' || write.kind === 'removeMember') return null;
    if (!isSettable(write.objectType)) {
      return notSent(`Objects of kind ${write.objectType} are not written property by property.`);
    }
    if (write.kind !== 'softDelete' || write.objectType !== 'group') return null;
    // Only Microsoft 365 groups are sure to land in the recycle bin; another kind might be gone (I4).
    const path = graphPath`/groups/${write.objectId}`;
    const [group] = await readAll(connection, [
      { method: 'GET', path, query: { $select: 'id,groupTypes' } },
    ]);
    const types = (group?.body as { groupTypes?: unknown } | null)?.groupTypes;
    if (group?.status === 404 || (Array.isArray(types) && types.includes('Unified'))) return null;
    return notSent('This group would not land in the recycle bin, so it is left for a person.');
  }

  async function sendAll(writes: readonly Write[]): Promise<readonly WriteAnswer[]> {
    const items = inOrder(writes, writes.map(itemOf));
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
        return status === 400 && /already exist/i.test(JSON.stringify(body));
      case 'removeMember':
        return status === 404;
      case 'restore':
        return status === 404 && (await exists(objectPath(write.objectType, write.objectId)));
      case 'softDelete':
        return (
          status === 404 && (await exists(graphPath`/directory/deletedItems/${write.objectId}`))
        );
    }
  }

  async function exists(path: string): Promise<boolean> {
    const [answer] = await readAll(connection, [{ method: 'GET', path, query: { $select: 'id' } }]);
    return answer !== undefined && answer.status < 300;
  }

  function itemOf(write: Write): BatchItem {
    switch (write.kind) {
      case 'update':
        return {
          method: 'PATCH',
          path: objectPath(write.objectType, write.objectId),
          body: writeBody(write.properties),
        };
      case 'restore':
        return {
          method: 'POST',
          path: graphPath`/directory/deletedItems/${write.objectId}/restore`,
          body: {},
        };
      case 'softDelete':
        return { method: 'DELETE', path: objectPath(write.objectType, write.objectId) };
      case 'addMember': {
        const member = graphPath`/directoryObjects/${write.objectId}`;
        return {
          method: 'POST',
          path: graphPath`/groups/${write.groupId}/members/$ref`,
          body: { '@odata.id': connection.client.reference(member) },
        };
      }
      case 'removeMember':
        return {
          method: 'DELETE',
          path: graphPath`/groups/${write.groupId}/members/${write.objectId}/$ref`,
        };
    }
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

const isSettable = (type: ObjectType): type is Settable => type in collections;

/** Path of one object; the caller has made sure that its kind can be written. */
function objectPath(type: ObjectType, id: string): string {
  return graphPath`/${collections[type as Settable]}/${id}`;
}
