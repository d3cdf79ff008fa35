import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';
import { claimedBy } from './claims.js';

/** Links are compared with those of so many of the newest incidents. */
const lookedAt = 100;

/**
 * Where what a merge left of a Sentinel incident belongs: to its `own` incident when a delivery under its
 * name came before, to the open one that has the link of the merge's target, or `elsewhere` when it names
 * a target that nobody here knows: what it says its target says, and that comes by itself. Null when it
 * names none: anybody who may label an incident could say so, but only Sentinel writes the link
 * (`additionalData`, Incident of the Security Insights API), so it is an alert like others.
 */
export async function targetOf(
  store: EvidenceStore,
  intake: Intake,
  into: string | null,
): Promise<'own' | 'elsewhere' | { readonly incidentId: string } | null> {
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
  return 'elsewhere';
}

/** A link without its query, to be compared; links of alerts are never called. */
function placeOf(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const { origin, pathname, hash } = new URL(link);
  return `${origin}${pathname}${hash}`.toLowerCase();
}
