import type { JournalWrite } from '../../local/tenant/journal.js';
import { canonicalText } from '../../shared/digest.js';
import { approvalLines, type ApprovalLine } from '../../shared/domain/approval/approval.js';
import type { Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import type { Case, DrawnPlan } from './case.js';
import type { Deployment } from './deployment.js';
import type { Finding } from './finding.js';
import { relationOf, type Relation } from './relations.js';

interface OurWrite extends JournalWrite {
  /** Milliseconds, UTC. */
  readonly at: number;
  /** Set when what was written is an assignment or a grant. */
  readonly relation: Relation | null;
}

/** I1 to I7 and I12, from what the tenant saw us do. */
export function judgeWrites(deployment: Deployment, seen: Case): Finding[] {
  const { tenant, policy } = deployment;
  const findings: Finding[] = [];
  const broken = (invariant: string, what: string) => findings.push({ invariant, what });
  for (const { path } of tenant.journal.alarms()) broken('I4', `a hard delete: ${path}`);

  const approvals = approvedPlans(seen, broken);
  const protectedIds = new Set([
    ...policy.protected.breakGlassIds,
    ...policy.protected.neverTouchIds,
  ]);
  const actorIds = new Set(seen.incident.actors.map(({ id }) => id));
  const done = new Map<string, number>();
  let first: number | null = null;

  for (const write of ourWrites(deployment)) {
    if (protectedIds.has(write.objectId)) broken('I5', `wrote ${nameOf(write)}`);
    if (actorIds.has(write.objectId) && isContainment(write)) continue;
    const plan = approvals.find(
      ({ from, until, lines, plan: { objects } }) =>
        write.at >= from &&
        write.at <= until &&
        objects.some((object) =>
          object.deltas.some(
            (delta) => fits(write, object.objectId, delta) && isApproved(object, delta, lines),
          ),
        ),
    );
    if (plan === undefined) {
      broken('I1', `wrote ${nameOf(write)} outside every approved plan`);
      continue;
    }
    first ??= write.at;
    const key = `${plan.plan.digest} ${nameOf(write)}`;
    done.set(key, (done.get(key) ?? 0) + 1);
    if ((done.get(key) ?? 0) > 1) broken('I6', `wrote ${nameOf(write)} twice`);
  }
  if (first !== null) judgeReadiness(deployment, seen, first, broken);
  judgeRate(deployment, broken);
  return findings;
}

type Broken = (invariant: string, what: string) => void;

/** What we wrote, in order, one entry per fact; a link shows on both its ends. */
function ourWrites({ tenant }: Deployment): OurWrite[] {
  const { ourAppId } = tenant.world.ids;
  const entries = tenant.journal.since(0).filter(({ caller }) => caller?.appId === ourAppId);
  return entries.flatMap(({ at, writes }) =>
    writes
      .filter(({ property }) => property !== 'modifiedDateTime')
      .map((write) => ({ ...write, at: Date.parse(at), relation: relation(write.objectId) })),
  );

  function relation(id: string): Relation | null {
    const { now } = tenant.directory;
    const object = now.get(id) ?? now.deleted(id) ?? now.gone(id);
    return object === undefined ? null : relationOf(object);
  }
}

/** Plans with the span in which they may be written: from the last needed approval to the expiry. */
export function approvedPlans({ ledger, plans }: Case, broken: Broken) {
  return ledger.requests.flatMap((request) => {
    const plan = plans.find(({ digest }) => digest === request.planDigest);
    const given = ledger.decisions.filter(({ planDigest }) => planDigest === request.planDigest);
    const approvers = given.filter(({ decision }) => decision === 'approve');
    if (given.some(({ decision }) => decision === 'reject') || plan === undefined) return [];
    const outsiders = new Set([...request.actorIds, ...request.diagnosticians.map(({ id }) => id)]);
    const people = new Set(approvers.map(({ by }) => by.id));
    if (approvers.some(({ by }) => outsiders.has(by.id))) {
      broken('I3', 'an actor or a diagnostician was counted');
    }
    if (people.size < approvers.length) broken('I3', 'one person was counted twice');
    if (people.size < request.required.length) return [];
    if (approvers.some(({ at }) => at < request.requestedAt || at >= request.expiresAt)) {
      broken('I2', 'a decision was counted before the plan existed or after it expired');
    }
    const from = Math.max(...approvers.map(({ at }) => Date.parse(at)));
    const lines = approvalLines.filter((line) =>
      approvers.every((approver) => approver.lines?.includes(line) === true),
    );
    return [{ plan, from, until: Date.parse(request.expiresAt), lines }];
  });
}

/** Does one fact follow from this delta: the property with its planned value, the link, the life state? */
function fits(write: OurWrite, objectId: string, delta: Delta): boolean {
  const { action, property, then } = delta;
  if (action === null) return false;
  if (write.relation !== null) {
    return write.relation.ownerId === objectId && write.relation.property === property;
  }
  if (write.link !== undefined) {
    const group = property.replace(/^memberOf\//, '');
    const other = write.before ?? write.after;
    const isLink =
      (write.objectId === group && other === objectId) ||
      (write.objectId === objectId && other === group);
    return isLink && action === (write.after === null ? 'removeMember' : 'addMember');
  }
  if (write.objectId.toLowerCase() !== objectId.toLowerCase()) return false;
  if (write.property === 'lifeState') {
    return action === (write.after === 'live' ? 'restore' : 'softDelete');
  }
  return (
    action === 'update' &&
    then.known &&
    write.property === property.split('/')[0] &&
    (property.includes('/') || canonicalText(write.after) === canonicalText(then.value))
  );
}

const policyKinds =
  /^(conditionalAccessPolicy|namedLocation|authori[sz]ationPolicy|authentication.*)$/;

/** What decides who may sign in, and every soft deletion, needs a word of its own. */
function isApproved(
  { objectType }: PlannedObject,
  { action }: Delta,
  lines: readonly ApprovalLine[],
): boolean {
  if (action === 'softDelete') return lines.includes('softDelete') || lines.includes('created');
  return !policyKinds.test(objectType) || lines.includes('policies');
}

const isContainment = ({ property }: JournalWrite): boolean =>
  property === 'accountEnabled' || property === 'signInSessionsValidFromDateTime';

/** I7: nothing is written before the scope is settled and the actor stopped, nor from a later backup. */
function judgeReadiness(
  { tenant }: Deployment,
  { incident }: Case,
  firstWrite: number,
  broken: Broken,
): void {
  if (!incident.scope.settled) broken('I7', 'wrote although the scope had not settled');
  const { id } = tenant.people.actor;
  const then = tenant.directory.asOf(firstWrite).get(id);
  if (then?.properties['accountEnabled'] !== false) {
    broken('I7', 'wrote while the actor could still sign in');
  }
  const { world } = tenant;
  const firstBad = Math.min(
    ...tenant.directory.trail.events
      .filter(({ by, at }) => by.kind === 'user' && by.id === id && at > (world.snapshots[0] ?? 0))
      .map(({ at }) => at),
  );
  const point = incident.recoveryPoint?.createdDateTime;
  if (point != null && Date.parse(point) >= firstBad) {
    broken('I7', `the recovery point ${point} is not before the first bad change`);
  }
}

/**
 * I12: at no time more requests that write than the budget lets through. The journal tells when an answer
 * was given, which its service takes up to this long for.
 */
const slowestAnswerMs = 4000;

function judgeRate({ tenant, policy }: Deployment, broken: Broken): void {
  const { writeQuota, policyQuota, writeBudget } = policy.execution;
  const written = tenant.journal
    .since(0)
    .filter(
      ({ caller, path }) => caller?.appId === tenant.world.ids.ourAppId && /\$batch/.test(path),
    )
    .flatMap(({ at, batch = [] }) =>
      batch
        .filter(({ method }) => method !== 'GET')
        .map(({ path }) => ({ at: Date.parse(at), ofPolicy: isOfPolicy(path) })),
    );
  for (const quota of [writeQuota, policyQuota]) {
    const most = Math.ceil(quota.requests * writeBudget);
    const times = written.filter(({ ofPolicy }) => ofPolicy === (quota === policyQuota));
    times.forEach(({ at }, index) => {
      const before = times[index - most];
      if (before !== undefined && at - before.at < quota.perSeconds * 1000 - slowestAnswerMs) {
        broken('I12', `more than ${most} writes within ${quota.perSeconds} s`);
      }
    });
  }
}

/** Policies have a quota of their own (graph fact sheet B.2). */
const isOfPolicy = (path: string): boolean =>
  /^\/(v1\.0\/|beta\/)?(identity|policies|organization)\//.test(path);

const nameOf = ({ objectId, property, link, after, before }: JournalWrite): string =>
  `${objectId} ${property ?? `${link ?? ''} of ${JSON.stringify(before)}`} = ${JSON.stringify(after)}`;

export type { DrawnPlan };
