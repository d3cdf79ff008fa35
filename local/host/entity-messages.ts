import { EventType, type HistoryEvent } from './history.js';
import type { EntityRequest } from './records.js';

const types = 'Microsoft.Azure.WebJobs.Extensions.DurableTask';
const never = '0001-01-01T00:00:00';

/**
 * What an orchestration's history keeps of an operation that it asked an entity for, as JSON text. The
 * stamps order the messages to one entity; each is later than the one before, to the tick of 100 ns.
 */
export function requestMessage(
  { op, input, signal, id }: Pick<EntityRequest, 'op' | 'input' | 'signal' | 'id'>,
  parent: { readonly parentId: string; readonly executionId: string },
  predecessor: string | undefined,
  now: number,
): string {
  return JSON.stringify({
    $type: `${types}.RequestMessage, ${types}`,
    op,
    ...(signal && { signal }),
    ...(input !== null && { input }),
    id,
    parent: parent.parentId,
    parentExecution: parent.executionId,
    Timestamp: stampAfter(predecessor, now),
    Predecessor: predecessor ?? never,
  });
}

/** What the history keeps of the entity's answer; `result` is JSON text. */
export function responseMessage(result: string | undefined, isError: boolean): string {
  return JSON.stringify({
    $type: `${types}.ResponseMessage, ${types}`,
    result: result ?? null,
    ...(isError && { exceptionType: 'Error' }),
  });
}

/** The stamp of the last message that this history sent to an entity. */
export function lastSentTo(history: readonly HistoryEvent[], entityId: string): string | undefined {
  const sent = history.findLast(
    (event) => event.EventType === EventType.EventSent && event.InstanceId === entityId,
  );
  if (sent === undefined) return undefined;
  return (JSON.parse(String(sent.Input)) as { Timestamp: string }).Timestamp;
}

function stampAfter(predecessor: string | undefined, now: number): string {
  const stamp = (ms: number, ticks: number) =>
    `${new Date(ms).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`;
  const plain = stamp(now, 0);
  if (predecessor === undefined || predecessor < plain) return plain;
  const ticks = Number(predecessor.slice(23, 27).replace('Z', '').padEnd(4, '0')) + 1;
  const ms = Date.parse(`${predecessor.slice(0, 23)}Z`);
  return ticks < 10_000 ? stamp(ms, ticks) : stamp(ms + 1, 0);
}
