import type { Management, ManagementRequest } from './management-request.js';
import { badArgument } from './instance-ids.js';
import { json, type Reply } from './reply.js';
import type { InstanceQuery } from './records.js';
import { statusJson } from './status-json.js';
import type { Store } from './store.js';

const pageSize = 100;
const known: ReadonlySet<string> = new Set([
  'Running',
  'Pending',
  'Suspended',
  'Completed',
  'Failed',
  'Terminated',
  'Canceled',
  'ContinuedAsNew',
]);
const purgeable: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);

/** One page of instances in the order of their creation; the header tells where to go on. */
export function answerList(store: Store, request: ManagementRequest): Reply {
  const { searchParams } = request.url;
  const top = Math.max(1, Number(searchParams.get('top')) || pageSize);
  const page = store.instances({
    ...filterOf(searchParams),
    top: top + 1,
    afterSeq: decodeToken(request.continuation),
  });
  const shown = page.slice(0, top);
  const showInput = searchParams.get('showInput')?.toLowerCase() !== 'false';
  const last = shown.at(-1);
  return json(
    200,
    shown.map((record) => statusJson(record, showInput)),
    page.length > top && last ? { 'x-ms-continuation-token': encodeToken(last.seq) } : {},
  );
}

/**
 * Purges by filter. @throws RequestError for a status that is not an ended one: the real service was
 * seen to delete everything then.
 */
export async function answerPurgeMany(
  host: Management,
  { url }: ManagementRequest,
): Promise<Reply> {
  const asked = statusesOf(url.searchParams);
  const wrong = asked.find((status) => !purgeable.has(status));
  if (wrong !== undefined)
    throw badArgument(`Only ended instances can be purged by status, not '${wrong}'.`);
  const found = host.store.instances({ ...filterOf(url.searchParams) });
  for (const { id } of found) await host.client.purge(id);
  return found.length > 0 ? json(200, { instancesDeleted: found.length }) : { status: 404 };
}

function filterOf(query: URLSearchParams): InstanceQuery {
  const statuses = statusesOf(query).filter((status) => known.has(status));
  const from = Date.parse(query.get('createdTimeFrom') ?? '');
  const to = Date.parse(query.get('createdTimeTo') ?? '');
  const idPrefix = query.get('instanceIdPrefix');
  return {
    ...(statuses.length > 0 && { statuses }),
    ...(!Number.isNaN(from) && { createdFrom: from }),
    ...(!Number.isNaN(to) && { createdTo: to }),
    ...(idPrefix !== null && idPrefix !== '' && { idPrefix }),
  };
}

const statusesOf = (query: URLSearchParams): string[] =>
  (query.get('runtimeStatus') ?? '').split(',').filter((status) => status !== '');

const encodeToken = (seq: number) => Buffer.from(JSON.stringify({ seq })).toString('base64');

function decodeToken(token: string | undefined): number {
  if (!token) return 0;
  try {
    const { seq } = JSON.parse(Buffer.from(token, 'base64').toString()) as { seq?: unknown };
    return typeof seq === 'number' ? seq : 0;
  } catch {
    return 0;
  }
}
