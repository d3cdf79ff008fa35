import { digestOf } from '../../../shared/digest.js';
import type { ApprovalRequest } from '../../../shared/domain/approval/approval.js';
import {
  pinnedDeciders,
  quorumOf,
  whoCannotAct,
  whoIsGone,
  type Inability,
  type PersonFacts,
  type Quorum,
} from '../../../shared/domain/approval/who-can-act.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { whoCanSignIn } from '../../../shared/domain/plan/sign-in-model.js';
import { RewindError } from '../../../shared/errors.js';
import { showCard } from './approval-cards.js';
import { policyOf } from '../case-file.js';
import { readPlan, readPlanned, type PlanDocument } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { warnUrgently } from '../warn-urgently.js';

/** As `checkPeople` when a plan is opened for decisions: an unreadable directory does not hold that up. */
export async function checkPeopleAtOnce(
  services: ActivityServices,
  incidentId: string,
  request: ApprovalRequest,
): Promise<void> {
  try {
    await checkPeople(services, incidentId, request);
  } catch (error) {
    if (!(error instanceof RewindError) || !error.retryable) throw error;
    await services.store.append(incidentId, `people:unchecked:${request.planDigest}`, {
      at: isoNow(services),
      kind: 'people.unchecked',
      by: product,
      summary: `Whether everybody who must decide can act is not known yet: ${error.message}`,
    });
  }
}

/**
 * Looks whether the people who must decide can act: at the request, and each minute while it is open.
 * Those who cannot are named in the document and on the card, and stop counting for the quorum; approvals
 * of those who are disabled or not in the directory do not count at all. Without a quorum the second channel is told at once, with who may decide instead. Throws what the directory
 * throws when it cannot be read: then nothing is concluded about anybody.
 */
export async function checkPeople(
  services: ActivityServices,
  incidentId: string,
  request: ApprovalRequest,
): Promise<Quorum> {
  const [plan, { policy }] = await Promise.all([
    readPlan(services, incidentId, request.planDigest),
    policyOf(services, incidentId, { fresh: true }),
  ]);
  const facts = await lookAt(services, incidentId, plan, policy);
  const unable = whoCannotAct(policy, facts);
  const quorum = quorumOf(request, policy, unable);
  const found = digestOf({ unable, possible: quorum.possible }).slice(-32);
  const changed = await keep(services, incidentId, unable, whoIsGone(facts));
  if (unable.length > 0) {
    await services.store.append(incidentId, `people:${request.planDigest}:${found}`, {
      at: isoNow(services),
      kind: 'people.unable',
      by: product,
      summary: `Cannot act: ${said(unable)}.`,
    });
  }
  if (!quorum.possible) {
    await tellNoQuorum(
      services,
      incidentId,
      `quorum:${request.planDigest}:${found}`,
      unable,
      quorum,
    );
  }
  if (changed) await showCard(services, incidentId, request.planDigest);
  return quorum;
}

async function lookAt(
  services: ActivityServices,
  incidentId: string,
  { body }: PlanDocument,
  policy: Policy,
): Promise<PersonFacts[]> {
  const planned = await readPlanned(services, incidentId, body, 0, body.counts.objects);
  const damaged = new Set(planned.map(({ objectId }) => objectId.toLowerCase()));
  const people = pinnedDeciders(policy);
  const blocked = await whoIsBlocked(
    services,
    people.map(({ objectId }) => objectId),
  );
  return Promise.all(
    people.map(async ({ objectId }) => {
      const identity = await services.directory.readIdentity('user', objectId);
      return {
        id: objectId,
        enabled: identity?.enabled ?? null,
        damaged: damaged.has(objectId.toLowerCase()),
        blocked: blocked.get(objectId.toLowerCase()) ?? null,
      };
    }),
  );
}

/**
 * Whom a Conditional Access policy as it is now keeps from our API; nobody is in the answer whose sign-in
 * is uncertain, and nobody at all when our identity may not read the policies.
 */
async function whoIsBlocked(
  { directory }: ActivityServices,
  ids: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  try {
    const { policies, ownAppId } = await directory.readConditionalAccess();
    const facts = await directory.readSignInFacts(ids);
    const verdicts = whoCanSignIn({ policies, appIds: [ownAppId] }, facts);
    return new Map(
      verdicts
        .filter(({ can }) => can !== 'unknown')
        .map(({ id, can }) => [id.toLowerCase(), can === 'cannot']),
    );
  } catch (error) {
    if (error instanceof RewindError && error.code === 'GRAPH_REJECTED') return new Map();
    throw error;
  }
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
