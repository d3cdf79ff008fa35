import type { ObjectHistory } from '../../shared/domain/audit.js';
import type { Json } from '../../shared/domain/json.js';
import { rowKey } from './histories.js';
import { readLines } from './lines.js';
import type { ActivityServices } from './services.js';

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

/** Keys of all rows of the scope with this digest; null when it is not the newest one. */
export async function readScopeRows(
  services: ActivityServices,
  incidentId: string,
  digest: string,
): Promise<Set<string> | null> {
  const scope = (await services.store.readDocument<Json>(
    incidentId,
    'scope',
  )) as unknown as ScopeDocument | null;
  if (scope?.digest !== digest) return null;
  const rows = new Set<string>();
  for (const chunk of scope.chunks) {
    for (const { events } of await readLines<ObjectHistory>(services, incidentId, chunk.sha256)) {
      for (const event of events) rows.add(rowKey(event));
    }
  }
  return rows;
}
