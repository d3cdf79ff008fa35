import type { ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import type { Json } from '../../../shared/domain/json.js';
import { rowKey } from './histories.js';
import { readLines } from '../lines.js';
import type { ActivityServices } from '../services.js';

/** The document `scope`: where the rows of the newest sweep lie. */
interface ScopeDocument {
  readonly digest: string;
  readonly chunks: readonly { readonly sha256: string; readonly objects: number }[];
}

export async function noteScope(
  services: ActivityServices,
  incidentId: string,
  scope: ScopeDocument,
): Promise<void> {
  await services.store.updateDocument<Json>(incidentId, 'scope', () => scope as unknown as Json);
}

/** The histories of the scope with this digest, chunk by chunk; null when it is not the newest one. */
export async function readScope(
  services: ActivityServices,
  incidentId: string,
  digest: string,
): Promise<AsyncIterable<ObjectHistory> | null> {
  const scope = await readScopeDocument(services, incidentId);
  return scope?.digest === digest ? historiesOf(services, incidentId, scope) : null;
}

/** The histories of the newest sweep, settled or not; null before the first. */
export async function readNewestScope(
  services: ActivityServices,
  incidentId: string,
): Promise<AsyncIterable<ObjectHistory> | null> {
  const scope = await readScopeDocument(services, incidentId);
  return scope === null ? null : historiesOf(services, incidentId, scope);
}

async function readScopeDocument(
  services: ActivityServices,
  incidentId: string,
): Promise<ScopeDocument | null> {
  const document = await services.store.readDocument<Json>(incidentId, 'scope');
  return document as unknown as ScopeDocument | null;
}

async function* historiesOf(
  services: ActivityServices,
  incidentId: string,
  { chunks }: ScopeDocument,
): AsyncGenerator<ObjectHistory> {
  for (const { sha256 } of chunks) {
    yield* await readLines<ObjectHistory>(services, incidentId, sha256);
  }
}

/** Keys of all rows of the scope with this digest; null when it is not the newest one. */
export async function readScopeRows(
  services: ActivityServices,
  incidentId: string,
  digest: string,
): Promise<Set<string> | null> {
  const histories = await readScope(services, incidentId, digest);
  if (histories === null) return null;
  const rows = new Set<string>();
  for await (const { events } of histories) for (const event of events) rows.add(rowKey(event));
  return rows;
}
