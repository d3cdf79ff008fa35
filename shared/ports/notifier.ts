import type { Json } from '../domain/json.js';

/** Where a card lives once it was posted; null when this deployment has no Teams conversation. */
export interface PostedCard {
  readonly conversationId: string;
  readonly activityId: string;
}

export type Delivery =
  { readonly ok: true; readonly card: PostedCard } | { readonly ok: false; readonly why: string };

export interface Notifier {
  /** Posts a new card. Refusals are values; passing faults are retried inside, then reported as values too. */
  postCard(card: Json): Promise<Delivery>;
  /** Replaces a card for everyone. */
  updateCard(where: PostedCard, card: Json): Promise<Delivery>;
  /** One-way notice to the Workflows URL, if there is one. Never throws. */
  notice(title: string, text: string): Promise<boolean>;
  /** The second channel (`URGENT_NOTICE_URL`), if there is one. Never throws. */
  urgent(incidentId: string, title: string, text: string): Promise<boolean>;
}
