import type { Window } from '../../shared/domain/incident/incident.js';
import { sweepVerdict } from '../../shared/domain/incident/scope-settling.js';
import { call, child, nowIso, waitUntil, type Playbook, type Step } from '../durable.js';
import type { Ending } from '../ending.js';
import { answerWrites } from './answer-writes.js';
import { chooseRecoveryPoint } from './choose-recovery-point.js';
import type { ContainedActor, Containment } from './contain-actor.js';
import { drawProvisionalPlan } from './preview-recovery.js';
import type { SettledScope } from './settled-scope.js';
import { report } from './step-line.js';

/**
 * Step 2: what the actor changed, from the audit trail alone, swept until two sweeps agree after the
 * settle time. The alert is a hint and never the scope. Superseded when people name other actors.
 */
export function* scopeDamage(
  playbook: Playbook,
  containment: Extract<Containment, { kind: 'contained' }>,
  version: number,
): Step<SettledScope | { kind: 'superseded' } | { kind: 'ended'; ending: Ending }> {
  const { incidentId, policy } = playbook;
  const actors = containment.actors.map(({ actor }) => actor);
  yield* report(playbook, {
    key: `scope-${version}-started`,
    step: 'scope',
    state: 'running',
    summary: 'Reading the audit trail for everything the actor changed.',
    patch: { state: 'scoping' },
  });
  const delay = yield* call(playbook, 'measureLogDelay', { incidentId });

  const sweeps: { digest: string; startedAt: string }[] = [];
  let contained = containment.actors;
  for (;;) {
    const now = yield* call(playbook, 'readCase', { incidentId });
    const { window: reported } = now;
    if (now.cancelled)
      return cancelledHere('The commander cancelled while the scope was settling.');
    if (now.actorsVersion !== containment.actorsVersion) return { kind: 'superseded' };
    const startedAt = nowIso(playbook);
    const window: Window = {
      from: new Date(
        Date.parse(reported.from) - policy.scope.lookbackMinutes * 60_000,
      ).toISOString(),
      to: startedAt,
    };
    const sweep = yield* child(
      playbook,
      'sweepAuditLogs',
      `scope-${version}-${sweeps.length + 1}`,
      {
        sweep: sweeps.length + 1,
        actors,
        slices: slicesOf(window),
        collected: [],
        pollSeconds: policy.timing.pollSeconds,
      },
    );
    sweeps.push({ digest: sweep.digest, startedAt });
    const round = `${version}-${sweeps.length}`;
    contained = yield* answerWrites(playbook, contained, sweep.lastChangeAt, round);

    const verdict = sweepVerdict({
      sweeps,
      containmentProvenAt: provenAt(contained, containment.at),
      lastActorWriteAt: sweep.lastChangeAt,
      settleMinutes: policy.scope.settleMinutes,
      maxSweeps: policy.scope.maxSweeps,
      measuredDelaySeconds: delay.seconds,
    });
    yield* report(playbook, {
      key: `scope-${version}-sweep-${sweeps.length}`,
      step: 'scope',
      state: verdict.settled ? 'done' : verdict.waiting ? 'waiting' : 'running',
      summary: `Sweep ${sweeps.length}: ${sweep.objects} objects, ${sweep.changes} changes. ${verdict.why}`,
      progress: { done: sweeps.length, total: null, etaSeconds: null },
      patch: {
        actors: contained.map(({ view }) => (verdict.settled ? stoppedBy(view) : view)),
        scope: {
          objects: sweep.objects,
          changes: sweep.changes,
          sweeps: sweeps.length,
          settled: verdict.settled,
          digest: sweep.digest,
        },
        waitingFor:
          verdict.waiting && !verdict.settled
            ? { kind: 'scope', since: startedAt, question: verdict.why }
            : null,
      },
    });
    const { firstChangeAt } = sweep;
    const scope: SettledScope | null =
      firstChangeAt === null
        ? null
        : { kind: 'settled', window, reported, sweep, sweeps: sweeps.length, firstChangeAt };
    if (verdict.settled || verdict.nextSweepAt === null) {
      return (
        scope ?? nothing('The actor changed nothing in the window: there is nothing to recover.')
      );
    }
    if (sweeps.length === 1 && scope !== null) {
      const point = yield* chooseRecoveryPoint(playbook, scope, { provisional: true });
      yield* drawProvisionalPlan(playbook, containment, scope, point, version);
    }
    yield* waitUntil(playbook, Date.parse(verdict.nextSweepAt), [
      'marksChanged',
      'scopeExtended',
      'actorsNamed',
    ]);
  }
}

/** A settled scope shows that the writes have stopped. */
const stoppedBy = (view: ContainedActor['view']): ContainedActor['view'] =>
  view.containment === 'stillWriting' ? { ...view, containment: 'contained' } : view;

/** Slices of at most half an hour, so that one answer of the logs stays small. */
function slicesOf(window: Window): Window[] {
  const halfHour = 30 * 60_000;
  const slices: Window[] = [];
  const end = Date.parse(window.to);
  for (let from = Date.parse(window.from); from < end; from += halfHour) {
    slices.push({
      from: new Date(from).toISOString(),
      to: new Date(Math.min(end, from + halfHour)).toISOString(),
    });
  }
  return slices;
}

function provenAt(actors: readonly ContainedActor[], fallback: string): string {
  const times = actors.map(({ view }) => view.provenAt ?? fallback);
  return times.reduce((latest, time) => (time > latest ? time : latest), times[0] ?? fallback);
}

const cancelledHere = (why: string): { kind: 'ended'; ending: Ending } => ({
  kind: 'ended',
  ending: { outcome: 'cancelled', why },
});

const nothing = (why: string): { kind: 'ended'; ending: Ending } => ({
  kind: 'ended',
  ending: { outcome: 'nothingToRecover', why },
});
