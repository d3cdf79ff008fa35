/** Who may ask the tenant's recovery service for jobs; a lease, because its holder may die. */
export interface Holding {
  readonly owner: string | null;
  /** ISO 8601; null while nobody holds it. */
  readonly until: string | null;
}

export const nobody: Holding = { owner: null, until: null };

export interface Holds {
  readonly holding: Holding;
  readonly granted: boolean;
  /** Somebody else's lease is over: the service must be asked what runs before it is taken over. */
  readonly expired: boolean;
}

export const leaseMinutes = 10;

/** Takes the lease when it is free, and renews one's own. */
export function acquire(holding: Holding, incidentId: string, now: string): Holds {
  const isFree = holding.owner === null || holding.owner === incidentId;
  if (isFree) return { holding: leased(incidentId, now), granted: true, expired: false };
  const expired = holding.until === null || Date.parse(holding.until) <= Date.parse(now);
  return { holding, granted: false, expired };
}

/** Takes an expired lease from exactly the holder that was seen to have lost it. */
export function takeOver(holding: Holding, incidentId: string, now: string, from: string): Holds {
  const seen = acquire(holding, incidentId, now);
  if (seen.granted || holding.owner !== from || !seen.expired) return seen;
  return { holding: leased(incidentId, now), granted: true, expired: false };
}

/** Gives one's own lease back; anybody else's stays. */
export const release = (holding: Holding, incidentId: string): Holding =>
  holding.owner === incidentId ? nobody : holding;

const leased = (owner: string, now: string): Holding => ({
  owner,
  until: new Date(Date.parse(now) + leaseMinutes * 60_000).toISOString(),
});
