import { noRevisions, type RevisionsDocument } from '../../../shared/domain/plan/revisions.js';
import type { ActivityServices } from '../services.js';

/** What people changed about the plan through `POST /incidents/{id}/revisions`; version 0 when nobody did. */
export async function readRevisions(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<RevisionsDocument> {
  const revisions = await services.store.readDocument(incidentId, 'revisions');
  return (revisions as unknown as RevisionsDocument | null) ?? noRevisions;
}
