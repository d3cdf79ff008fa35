import { digestOf } from '../../../shared/digest.js';
import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ApprovalRequest } from '../../../shared/domain/approval/approval.js';
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
  const quorum = quorumOf(request ?? (await ofAnyPlan(services, incidentId)), policy, unable);
  const occasion = occasionOf(request);
  const who = keyOf({ unable: unable.map(({ id }) => id), possible: quorum.possible });
  const changed = await keep(services, incidentId, unable, whoIsGone(facts));
  if (unable.length > 0) {
    await services.store.append(incidentId, `people:${occasion}:${keyOf(unable)}`, {
      at: isoNow(services),
      kind: 'people.unable',
      by: product,
      summary: `Cannot act: ${said(unable)}.`,
    });
  }
  if (!quorum.possible) {
    await tellNoQuorum(services, incidentId, `quorum:${occasion}:${who}`, unable, quorum);
  } else if (unable.length > 0 && request === null) {
    await tellOnce(services, incidentId, `people:${occasion}:${who}`, () =>
      services.notifier.notice(
        `Incident ${incidentId}`,
        `Of those who may have to decide, these cannot act: ${said(unable)}. The others suffice.`,
      ),
    );
  }
  if (changed && request !== null) await showCard(services, incidentId, request.planDigest);
  return quorum;
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

async function tellNoQuorum(
  services: ActivityServices,
  incidentId: string,
  key: string,
  unable: readonly Inability[],
  { instead }: Quorum,
): Promise<void> {
  const others =
    instead.length === 0
      ? 'The policy names no break-glass approver who could decide instead.'
      : `Break-glass approvers may decide over HTTP: ${instead.map(({ name }) => name).join(', ')}.`;
  const text =
    `Nobody can give the approvals that ${incidentId} needs` +
    `${unable.length === 0 ? '' : ` (${said(unable)})`}. ${others}`;
  await warnUrgently(services, incidentId, {
    key,
    kind: { told: 'quorum.missing', untold: 'quorum.untold' },
    title: 'Nobody can approve',
    text,
  });
}

const said = (unable: readonly Inability[]): string =>
  unable.map(({ name, why }) => `${name} ${why}`).join('; ');
