import { digestOf } from '../../../shared/digest.js';
import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ApprovalRequest } from '../../../shared/domain/approval/approval.js';
import { requiredFor } from '../../../shared/domain/approval/approval-rule.js';
import {
  saidOf,
  toldMissing,
  type MissingQuorum,
} from '../../../shared/domain/approval/missing-quorum.js';
import {
  pinnedDeciders,
  quorumOf,
  wholeQuorum,
  whoCannotAct,
  whoIsGone,
  type Inability,
  type PersonFacts,
  type Quorum,
} from '../../../shared/domain/approval/who-can-act.js';
import type { QuorumDocument } from '../../../shared/domain/incident/documents.js';
import type { Json } from '../../../shared/domain/json.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { RewindError } from '../../../shared/errors.js';
import { showCard } from './approval-cards.js';
import { diagnosticiansOf } from './approval-people.js';
import { damagedAmong, lookAtPeople, type PeopleLook } from './people-facts.js';
import { policyOf, readIncident } from '../case-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';
import { warnUrgently } from '../warn-urgently.js';

/** The check at the opening of an incident, as soon as the actor is contained or cannot be told. */
export async function lookAtDeciders(
  services: ActivityServices,
  { incidentId }: ActivityInput<'checkPeople'>,
): Promise<ActivityOutput<'checkPeople'>> {
  const quorum = await checkPeopleAtOnce(services, incidentId, null);
  return { checked: quorum !== null, quorum: quorum?.possible ?? null };
}

/**
 * As `checkPeople` where work goes on whatever comes out: nothing that can go wrong with this look holds
 * it up. Null then: nothing was concluded, and the timer looks again each minute.
 */
export async function checkPeopleAtOnce(
  services: ActivityServices,
  incidentId: string,
  request: ApprovalRequest | null,
): Promise<Quorum | null> {
  try {
    return await checkPeople(services, incidentId, request);
  } catch (error) {
    const why = error instanceof RewindError ? error.message : `an unexpected ${nameOf(error)}`;
    await services.store.append(incidentId, `people:unchecked:${occasionOf(request)}`, {
      at: isoNow(services),
      kind: 'people.unchecked',
      by: product,
      summary: `Whether everybody who must decide can act is not known yet: ${why}`,
    });
    return null;
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'failure');

/**
 * Looks whether the people who must decide can act: at the opening, at the request for approval, and each
 * minute until the decision. `request` is null before there is a plan; then the quorum of the larger case
 * is asked for. Those who cannot act are named in the document, in a notice and on the card, and stop
 * counting for the quorum; approvals of those who are disabled or not in the directory do not count at
 * all. Without a quorum the second channel is told at once, with who may decide instead. Throws what the
 * directory throws when it cannot be read: then nothing is concluded about anybody.
 */
export async function checkPeople(
  services: ActivityServices,
  incidentId: string,
  request: ApprovalRequest | null,
  look: PeopleLook = lookAtPeople(services),
): Promise<Quorum> {
  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const facts = await factsOf(services, incidentId, policy, look);
  const unable = whoCannotAct(policy, facts);
  const asked = request ?? (await ofAnyPlan(services, incidentId));
  const quorum = quorumOf(asked, policy, unable);
  const missing = quorum.possible ? null : toldMissing(missingFor());
  const occasion = occasionOf(request);
  const who = keyOf({ unable: unable.map(({ id }) => id), missing: missing?.title ?? null });
  const changed = await keep(services, incidentId, unable, whoIsGone(facts));
  if (unable.length > 0) {
    await services.store.append(incidentId, `people:${occasion}:${keyOf(unable)}`, {
      at: isoNow(services),
      kind: 'people.unable',
      by: product,
      summary: `Cannot act: ${saidOf(unable)}.`,
    });
  }
  const losses = await replaceWarning(services, incidentId, missing?.text ?? null);
  if (missing !== null) {
    const key = `quorum:${occasion}:${who}`;
    await warnUrgently(services, incidentId, {
      // Before there is a request the looks stop and begin again with each drawing, which is no news.
      key: request !== null && losses > 1 ? `${key}:${losses}` : key,
      kind: { told: 'quorum.missing', untold: 'quorum.untold' },
      ...missing,
    });
  } else if (unable.length > 0 && request === null) {
    await tellOnce(services, incidentId, `people:${occasion}:${who}`, () =>
      services.notifier.notice(
        `Incident ${incidentId}`,
        `Of those who may have to decide, these cannot act: ${saidOf(unable)}. The others suffice.`,
      ),
    );
  }
  if (changed && request !== null) await showCard(services, incidentId, request.planDigest);
  return quorum;

  function missingFor(): MissingQuorum {
    const { instead } = quorum;
    const { secondApproverAbove } = policy.approvals;
    if (request !== null) return { of: 'plan', incidentId, unable, instead };
    const smallest = { ...asked, required: requiredFor(1, policy) };
    return quorumOf(smallest, policy, unable).possible
      ? { of: 'largerPlans', above: secondApproverAbove, incidentId, unable, instead }
      : { of: 'anyPlan', incidentId, unable, instead };
  }
}

/** People are told anew when other people cannot act, not when more is known of why. */
const keyOf = (found: unknown): string => digestOf(found).slice(-32);

/** What is looked at belongs to this request, or to the time before there was one. */
const occasionOf = (request: ApprovalRequest | null): string => request?.planDigest ?? 'opening';

async function ofAnyPlan(services: ActivityServices, incidentId: string) {
  const [{ actors }, diagnosticians] = await Promise.all([
    readIncident(services, incidentId),
    diagnosticiansOf(services, incidentId),
  ]);
  return wholeQuorum(
    actors.map(({ id }) => id),
    diagnosticians,
  );
}

/** Damage matters only beside what keeps somebody from acting, so it is looked up for those alone. */
async function factsOf(
  services: ActivityServices,
  incidentId: string,
  policy: Policy,
  look: PeopleLook,
): Promise<readonly PersonFacts[]> {
  const seen = (await look(pinnedDeciders(policy))).map((one) => ({ ...one, damaged: false }));
  const unable = whoCannotAct(policy, seen);
  if (unable.length === 0) return seen;
  const ids = unable.map(({ id }) => id);
  const damaged = await damagedAmong(services, incidentId, ids);
  return seen.map((one) => ({ ...one, damaged: damaged.has(one.id.toLowerCase()) }));
}

/** Answers whether anything is new. */
async function keep(
  { store }: ActivityServices,
  incidentId: string,
  unable: readonly Inability[],
  gone: readonly string[],
): Promise<boolean> {
  const found = { unable: unable.map(({ id }) => id).sort(), gone: [...gone].sort() };
  let changed = false;
  await store.updateLedger(incidentId, (ledger) => {
    changed =
      (ledger.unable ?? []).join() !== found.unable.join() ||
      (ledger.gone ?? []).join() !== found.gone.join();
    return changed ? { ...ledger, version: ledger.version + 1, ...found } : ledger;
  });
  await store.updateIncident(incidentId, (open) => ({ ...open, unable }));
  return changed;
}

/**
 * What the incident warns of is the quorum as it is now; what it was is in the record. Answers how often one
 * was missing after there had been one.
 */
async function replaceWarning(
  { store }: ActivityServices,
  incidentId: string,
  warning: string | null,
): Promise<number> {
  const known = (await store.readDocument<Json>(incidentId, 'quorum')) as QuorumDocument | null;
  const before = known?.warning ?? null;
  const { losses: lost = 0 } = known ?? {};
  if (before === warning) return lost;
  const losses = before === null ? lost + 1 : lost;
  await store.updateIncident(incidentId, (open) => ({
    ...open,
    warnings: open.warnings.filter((text) => text !== before),
  }));
  await store.updateDocument<Json>(incidentId, 'quorum', () => ({ warning, losses }));
  return losses;
}
