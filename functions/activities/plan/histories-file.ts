import type { ObjectType } from '../../../shared/domain/attribution/audit.js';
import type { ActorRef } from '../../../shared/domain/identities.js';
import type { Json } from '../../../shared/domain/json.js';
import type { ActivityServices } from '../services.js';

/** The document `histories-VERSION`: what the plan of this version was attributed from. */
export interface HistoriesDocument {
  readonly chunks: readonly { readonly sha256: string; readonly objects: number }[];
  readonly actors: readonly ActorRef[];
  readonly recoveryPointAt: string | null;
  /** Objects by kind. */
  readonly kinds: Readonly<Partial<Record<ObjectType, number>>>;
}

const nameOf = (version: number): string => `histories-${version}`;

export async function noteHistories(
  { store }: Pick<ActivityServices, 'store'>,
  incidentId: string,
  version: number,
  document: HistoriesDocument,
): Promise<void> {
  await store.updateDocument<Json>(incidentId, nameOf(version), () => document as unknown as Json);
}

/** Null for plans that were drawn before this was noted. */
export async function readHistoriesOf(
  { store }: Pick<ActivityServices, 'store'>,
  incidentId: string,
  version: number,
): Promise<HistoriesDocument | null> {
  const known = await store.readDocument<Json>(incidentId, nameOf(version));
  return known as unknown as HistoriesDocument | null;
}
