import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';
import { claimedBy } from './claims.js';

/** Links are compared with those of so many of the newest incidents. */
const lookedAt = 100;

/**
 * Where what a merge left of a Sentinel incident belongs: to its `own` incident when a delivery under its
 * name came before, else to the open one that has the link of the merge's target. Null when neither is
 * known: what it says its target says, and that comes by itself.
 */
export async function targetOf(
  store: EvidenceStore,
  intake: Intake,
  into: string | null,
): Promise<'own' | { readonly incidentId: string } | null> {
  if ((await claimedBy(store, intake.key)) !== null) return 'own';
  const wanted = into === null ? null : placeOf(into);
  if (wanted === null) return null;
  const { items } = await store.listIncidents(lookedAt);
  for (const { id, state } of items) {
    if (state === 'closed') continue;
    const known = (await store.readDocument<Json>(id, 'intake')) as unknown as Intake | null;
    const { incidentUrl = '', providerIncidentUrl = '' } = known?.references ?? {};
    if ([incidentUrl, providerIncidentUrl].some((link) => placeOf(link) === wanted)) {
      return { incidentId: id };
    }
  }
  return null;
}

/** A link without its query, to be compared; links of alerts are never called. */
function placeOf(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const { origin, pathname, hash } = new URL(link);
  return `${origin}${pathname}${hash}`.toLowerCase();
}
