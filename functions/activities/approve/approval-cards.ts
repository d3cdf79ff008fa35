import type { Json } from '../../../shared/domain/json.js';
import { approvalCard, decidedCard } from '../../../shared/domain/approval/approval-card.js';
import { standing } from '../../../shared/domain/approval/approval-rule.js';
import type { Delivery, PostedCard } from '../../../shared/ports/notifier.js';
import { policyOf, readIncident } from '../case-file.js';
import { isoNow, type ActivityServices } from '../services.js';

/** The document `cards`: where the card of each plan lies. One card per plan, edited in place. */
export interface Cards {
  readonly [planDigest: string]: PostedCard;
}

export async function readCards(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<Cards> {
  const cards = await services.store.readDocument<Json>(incidentId, 'cards');
  return (cards ?? {}) as unknown as Cards;
}

/** Posts the approval card, or brings the posted one up to date. */
export async function showCard(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<Delivery> {
  const [incident, ledger, { policy }, cards] = await Promise.all([
    readIncident(services, incidentId),
    services.store.readLedger(incidentId),
    policyOf(services, incidentId),
    readCards(services, incidentId),
  ]);
  const request = ledger.requests.find((known) => known.planDigest === planDigest);
  if (request === undefined) return { ok: false, why: 'no approval was asked for this plan' };
  const stand = standing(ledger, policy, planDigest, isoNow(services));
  const card = approvalCard(incident, request, stand, { publicUrl: services.publicUrl });
  return deliver(services, incidentId, planDigest, card, cards);
}

/** Replaces the card for everyone by one without buttons. */
export async function settleCardFor(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  text: string,
): Promise<Delivery> {
  const [incident, cards] = await Promise.all([
    readIncident(services, incidentId),
    readCards(services, incidentId),
  ]);
  if (cards[planDigest] === undefined) return { ok: false, why: 'no card was posted' };
  const card = decidedCard(incident, text, { publicUrl: services.publicUrl });
  return deliver(services, incidentId, planDigest, card, cards);
}

async function deliver(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  card: Json,
  cards: Cards,
): Promise<Delivery> {
  const posted = cards[planDigest];
  if (posted !== undefined) return services.notifier.updateCard(posted, card);
  const delivery = await services.notifier.postCard(card);
  if (delivery.ok) {
    await services.store.updateDocument<Json>(incidentId, 'cards', (value) => ({
      ...((value ?? {}) as { [key: string]: Json }),
      [planDigest]: delivery.card as unknown as Json,
    }));
  }
  return delivery;
}
