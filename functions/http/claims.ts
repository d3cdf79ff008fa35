import type { Intake } from '../../shared/domain/incident/intake.js';
import { sha256 } from '../../shared/digest.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';

/** `inc-` and the first 32 hex digits of SHA-256 of `KIND|KEY` in lower case (contract section 5). */
export const incidentIdOf = (key: Intake['key']): string =>
  `inc-${sha256(claimOf(key.kind, key.value)).slice('sha256:'.length).slice(0, 32)}`;

export interface Target {
  readonly state: 'unopened' | 'open' | 'closed';
  readonly incidentId: string;
}

/**
 * Finds by create-if-absent claims the one incident that an alert belongs to (contract section 5): the
 * own key's, or an open one to which an alert of the body leads already. Deliveries may race: alerts are
 * claimed in one order everywhere, so of two bodies that share an alert exactly one gets it, and the
 * other gives its own incident up for good. Nothing is opened or started here.
 */
export async function claimTarget(store: EvidenceStore, intake: Intake): Promise<Target> {
  const ownClaim = claimOf(intake.key.kind, intake.key.value);
  const alertClaims = intake.alertIds.map((id) => claimOf('alert', id));
  const owned = await leadsTo(store, ownClaim);
  if (owned !== null && owned.state !== 'unopened') return finish(owned);

  const others = await Promise.all(
    [...alertClaims, ...incidentClaimsOf(intake)].map((claim) => leadsTo(store, claim)),
  );
  const known = others.filter((other) => other !== null);
  const open = known.find(({ state }) => state === 'open');
  const closed = known.find(({ state }) => state === 'closed');
  // All its alerts were dealt with: a late incident around them is not a new one.
  const allKnown = alertClaims.length > 0 && others.slice(0, alertClaims.length).every(Boolean);
  if (open === undefined && closed !== undefined && allKnown) {
    await store.claim(ownClaim, closed.incidentId);
    return closed;
  }

  const wanted = open?.incidentId ?? owned?.incidentId ?? incidentIdOf(intake.key);
  const claimed = await store.claim(ownClaim, wanted);
  const place = await settled(store, claimed.incidentId);
  if (open !== undefined && place !== open.incidentId) {
    return finish(await giveUp(store, place, open.incidentId));
  }
  return finish(await stateOf(store, place));

  async function finish(target: Target): Promise<Target> {
    // New alerts of a closed incident stay free: their own delivery opens an incident of its own.
    if (target.state === 'closed') return target;
    let current = target;
    for (const claim of [...alertClaims, ...incidentClaimsOf(intake)]) {
      const { incidentId } = await store.claim(claim, current.incidentId);
      const holder = await settled(store, incidentId);
      if (holder === current.incidentId || current.state === 'open') continue;
      const other = await stateOf(store, holder);
      if (other.state !== 'closed') current = await giveUp(store, current.incidentId, holder);
    }
    return current;
  }
}

/** The incident that deliveries under this key led to, opened or not; null before the first. */
export const claimedBy = (store: EvidenceStore, key: Intake['key']): Promise<Target | null> =>
  leadsTo(store, claimOf(key.kind, key.value));

/** Makes an unopened incident another one's name; answers the one that counts from now on. */
async function giveUp(store: EvidenceStore, unopened: string, other: string): Promise<Target> {
  await store.claim(settledClaim(unopened), other);
  return stateOf(store, await settled(store, unopened));
}

/** Decides for good that an incident is opened under its own id; false when it was given up before. */
export async function settle(store: EvidenceStore, incidentId: string): Promise<boolean> {
  const { incidentId: place } = await store.claim(settledClaim(incidentId), incidentId);
  return place === incidentId;
}

async function leadsTo(store: EvidenceStore, claim: string): Promise<Target | null> {
  const incidentId = await store.readClaim(claim);
  return incidentId === null ? null : stateOf(store, await settled(store, incidentId));
}

async function stateOf(store: EvidenceStore, incidentId: string): Promise<Target> {
  const incident = await store.readIncident(incidentId);
  if (incident === null) return { state: 'unopened', incidentId };
  return { state: incident.state === 'closed' ? 'closed' : 'open', incidentId };
}

/** Follows incidents that were given up; chains are short because only unopened ones are. */
async function settled(store: EvidenceStore, incidentId: string): Promise<string> {
  let place = incidentId;
  for (let hop = 0; hop < 8; hop += 1) {
    const next = await store.readClaim(settledClaim(place));
    if (next === null || next === place) return place;
    place = next;
  }
  return place;
}

/** An entity named by hand inside an incident belongs to that incident, whichever arrives first. */
const incidentClaimsOf = ({ source, references }: Intake): string[] =>
  source === 'sentinelEntity' && references['incidentName'] !== undefined
    ? [claimOf('incident', references['incidentName'])]
    : [];

const claimOf = (kind: string, value: string): string => `${kind}|${value}`.toLowerCase();

const settledClaim = (incidentId: string): string => `settled|${incidentId}`;
