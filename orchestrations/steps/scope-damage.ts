import { climb } from '../../shared/domain/containment-rules.js';
import { compareInstants } from '../../shared/domain/instants.js';
import type { Window } from '../../shared/domain/incident.js';
import { sweepVerdict } from '../../shared/domain/scope-settling.js';
import type { ActivityOutput } from '../../shared/contracts/catalogue.js';
import { call, child, nowIso, waitUntil, type Playbook, type Step } from '../durable.js';
import type { Ending } from '../respond-to-incident.js';
import { chooseRecoveryPoint } from './choose-recovery-point.js';
import { takeMeasure, type ContainedActor, type Containment } from './contain-actor.js';
import { drawProvisionalPlan } from './preview-recovery.js';
import { report } from './step-line.js';

export type Sweep = ActivityOutput<'closeSweep'>;

export interface SettledScope {
  readonly kind: 'settled';
  readonly window: Window;
  readonly sweep: Sweep;
  readonly sweeps: number;
  /** Time of the first bad change; the recovery point lies strictly before it. */
  readonly firstChangeAt: string;
}

/**
 * Step 2: what the actor changed, from the audit trail alone, swept until two sweeps agree after the
 * settle time. The alert is a hint and never the scope.
 */
export function* scopeDamage(
  playbook: Playbook,
  containment: Extract<Containment, { kind: 'contained' }>,
  version: number,
): Step<SettledScope | { kind: 'ended'; ending: Ending }> {
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
    const { window: reported, cancelled } = yield* call(playbook, 'readCase', { incidentId });
    if (cancelled) return cancelledHere('The commander cancelled while the scope was settling.');
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
      },
    );
    sweeps.push({ digest: sweep.digest, startedAt });
    contained = yield* answerWrites(playbook, contained, sweep.lastChangeAt, sweeps.length);

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
        actors: contained.map(({ view }) => view),
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
    if (verdict.settled || verdict.nextSweepAt === null) {
      return sweep.firstChangeAt === null
        ? nothing('The actor changed nothing in the window: there is nothing to recover.')
        : {
            kind: 'settled',
            window,
            sweep,
            sweeps: sweeps.length,
            firstChangeAt: sweep.firstChangeAt,
          };
    }
    if (sweeps.length === 1 && sweep.firstChangeAt !== null) {
      const early = {
        kind: 'settled',
        window,
        sweep,
        sweeps: 1,
        firstChangeAt: sweep.firstChangeAt,
      } as const;
      const point = yield* chooseRecoveryPoint(playbook, early, { provisional: true });
      yield* drawProvisionalPlan(playbook, containment, early, point, version);
    }
    yield* waitUntil(playbook, Date.parse(verdict.nextSweepAt), ['marksChanged', 'scopeExtended']);
  }
}

/**
 * A write after the containment climbs to the next measures and tells the commander which client and
 * address to stop at its source; a token already issued cannot be taken back.
 */
function* answerWrites(
  playbook: Playbook,
  actors: readonly ContainedActor[],
  lastChangeAt: string | null,
  sweep: number,
): Step<readonly ContainedActor[]> {
  const { incidentId } = playbook;
  if (lastChangeAt === null) return actors;
  const answered: ContainedActor[] = [];
  for (const contained of actors) {
    const { actor, view, taken } = contained;
    if (view.provenAt === null || compareInstants(lastChangeAt, view.provenAt) <= 0) {
      answered.push(contained);
      continue;
    }
    const proof = yield* call(playbook, 'proveContainment', {
      incidentId,
      actor,
      measures: [...taken],
    });
    if (proof.lastWriteAt === null) {
      answered.push(contained);
      continue;
    }
    const more = climb(taken, actor.kind);
    const climbed = [...taken];
    for (const measure of more) {
      if (yield* takeMeasure(playbook, actor, measure, `climb-${sweep}`)) climbed.push(measure);
    }
    yield* call(playbook, 'askCommander', {
      incidentId,
      key: `still-writing-${actor.id}-${sweep}`,
      text:
        `STILL WRITING: ${actor.name} wrote at ${proof.lastWriteAt}, after containment at ${view.provenAt}, ` +
        `through ${proof.clientName ?? 'an unknown client'} from ${proof.ipAddress ?? 'an unknown address'}. ` +
        `Stop that client or automation at its source. ${proof.why}`,
      command: null,
    });
    answered.push({ actor, taken: climbed, view: { ...view, containment: 'stillWriting' } });
  }
  return answered;
}

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
