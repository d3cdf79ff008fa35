import { accessTokenWarning } from '../../shared/domain/incident/containment-rules.js';
import type { ActorView, ContainmentState } from '../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../shared/domain/identities.js';
import type { ActivityName, ActivityOutput } from '../../shared/contracts/catalogue.js';
import {
  call,
  nowIso,
  nowMs,
  pollDelay,
  sleepUntil,
  waitUntil,
  type Playbook,
  type Step,
} from '../durable.js';
import type { Ending } from '../ending.js';
import { report } from './step-line.js';

export type Measure = ActivityOutput<'decideContainment'>['allowed'][number];

export interface ContainedActor {
  readonly actor: ActorRef;
  readonly view: ActorView;
  readonly taken: readonly Measure[];
  /** Time of the newest write after the containment that was answered already. */
  readonly answeredUntil?: string;
}

export type Containment =
  | {
      readonly kind: 'contained';
      readonly actors: readonly ContainedActor[];
      readonly at: string;
      /** How often people had named actors by then; naming more repeats the steps. */
      readonly actorsVersion: number;
    }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** The activity that carries out each measure of the policy. */
const activityOf = {
  revokeSessions: 'revokeSessions',
  disable: 'disableActor',
  confirmCompromised: 'confirmCompromised',
  removeCredentials: 'removeCredentials',
  removeAppRoles: 'removeAppRoles',
  removeDirectoryRoles: 'removeDirectoryRoles',
} as const satisfies Record<Measure, ActivityName>;

/** Step 1: find out who did it, stop them, and prove that they are stopped. */
export function* containActor(playbook: Playbook, version: number): Step<Containment> {
  const { incidentId } = playbook;
  yield* report(playbook, {
    key: `contain-${version}-started`,
    step: 'contain',
    state: 'running',
    summary: 'Finding out who wrote, and stopping them.',
    patch: { state: 'containing' },
  });

  const found = yield* identifyActors(playbook, version);
  if (found.kind === 'ended') return found;

  const actors: ContainedActor[] = [];
  for (const { actor, auditRows, commanderNamed } of found.actors) {
    actors.push(yield* containOne(playbook, version, actor, auditRows, commanderNamed));
  }
  yield* lookAtDeciders(playbook);

  const protectedOnly = actors.every(({ taken }) => taken.length === 0);
  const first = actors[0];
  yield* report(playbook, {
    key: `contain-${version}-ended`,
    step: 'contain',
    state: protectedOnly ? 'skipped' : 'done',
    summary: actors.map(({ actor, view }) => `${actor.name}: ${view.containment}`).join('; '),
    patch: {
      actor: first?.actor ?? null,
      actors: actors.map(({ view }) => view),
      waitingFor: null,
    },
  });
  return { kind: 'contained', actors, at: nowIso(playbook), actorsVersion: found.actorsVersion };

  function* identifyActors(
    at: Playbook,
    round: number,
  ): Step<
    | {
        kind: 'found';
        actorsVersion: number;
        actors: Extract<ActivityOutput<'resolveActor'>, { resolved: true }>['actors'];
      }
    | { kind: 'ended'; ending: Ending }
  > {
    for (let question = 0; ; question += 1) {
      const { window, cancelled, actorsVersion } = yield* call(at, 'readCase', { incidentId });
      if (cancelled) return ended('The commander cancelled before an actor was known.');
      const answer = yield* call(at, 'resolveActor', { incidentId, window });
      if (answer.resolved) {
        const chosenAt = answer.actorsVersion ?? actorsVersion;
        return { kind: 'found', actors: answer.actors, actorsVersion: chosenAt };
      }
      yield* report(at, {
        key: `contain-${round}-question-${question}`,
        step: 'contain',
        state: 'waiting',
        summary: `ACTOR_UNRESOLVED: ${answer.question}`,
        patch: { waitingFor: { kind: 'actor', since: nowIso(at), question: answer.question } },
      });
      yield* call(at, 'askCommander', {
        incidentId,
        key: `actor-${round}-${question}`,
        text: answer.question,
        command: null,
      });
      if (question === 0) yield* lookAtDeciders(at);
      const minutes = at.policy.approvals.remindEveryMinutes * 2 ** Math.min(question, 5);
      yield* waitUntil(at, nowMs(at) + minutes * 60_000, ['actorsNamed', 'marksChanged']);
    }
  }
}

function* containOne(
  playbook: Playbook,
  version: number,
  actor: ActorRef,
  auditRows: number,
  commanderNamed: boolean,
): Step<ContainedActor> {
  const { incidentId } = playbook;
  const decision = yield* call(playbook, 'decideContainment', {
    incidentId,
    actor,
    auditRows,
    commanderNamed,
  });
  if (decision.protectedActor) {
    yield* ask(playbook, `protected-${version}-${actor.id}`, [
      `ACTOR_PROTECTED: ${actor.name} is protected and was not contained. Decide by hand.`,
    ]);
    return { actor, taken: [], view: viewOf(actor, 'refused', null) };
  }

  const taken: Measure[] = [];
  const refusals: string[] = decision.refused.map(({ measure, why }) => `${measure}: ${why}`);
  for (const measure of decision.allowed) {
    const done = yield* takeMeasure(playbook, actor, measure, `${version}`);
    if (done) taken.push(measure);
    else refusals.push(`${measure} was refused by the tenant`);
  }
  if (decision.waitForCommander) {
    yield* ask(playbook, `commander-${version}-${actor.id}`, [
      `${actor.name} waits for your word before more is done:`,
      ...refusals,
    ]);
  }
  if (taken.length === 0) {
    const state = decision.waitForCommander ? 'waitingForCommander' : 'refused';
    return { actor, taken, view: viewOf(actor, state, null) };
  }

  const provenAt = yield* proveContained(playbook, version, actor, taken);
  const state: ContainmentState =
    provenAt === null ? 'pending' : decision.waitForCommander ? 'waitingForCommander' : 'contained';
  return { actor, taken, view: viewOf(actor, state, provenAt) };
}

/**
 * Who must decide is looked at when the incident opens, after what contains the actor: nothing may delay
 * that. A timer looks again each minute.
 */
function* lookAtDeciders(playbook: Playbook): Step<void> {
  const { incidentId, playbookVersion } = playbook;
  if (playbookVersion >= 2) yield* call(playbook, 'checkPeople', { incidentId });
}

/**
 * Carries out one measure. A refusal of the tenant (our identity may lack the role for a privileged
 * target) goes to the commander at once with the exact command to run by hand.
 */
export function* takeMeasure(
  playbook: Playbook,
  actor: ActorRef,
  measure: Measure,
  round: string,
): Step<boolean> {
  const { incidentId } = playbook;
  const result = yield* call(playbook, activityOf[measure], { incidentId, actor });
  if (result.refusal === null) return result.ok;
  yield* call(playbook, 'askCommander', {
    incidentId,
    key: `refused-${round}-${actor.id}-${measure}`,
    text: `${measure} of ${actor.name} was refused: ${result.refusal.message}`,
    command: result.refusal.command,
  });
  return false;
}

/** Reads back until the measures show, within the policy's read-back time; null when they never did. */
function* proveContained(
  playbook: Playbook,
  version: number,
  actor: ActorRef,
  measures: readonly Measure[],
): Step<string | null> {
  const { incidentId, policy } = playbook;
  const deadline = nowMs(playbook) + policy.verification.readBackMinutes * 60_000;
  for (let look = 0; ; look += 1) {
    const proof = yield* call(playbook, 'proveContainment', {
      incidentId,
      actor,
      measures: [...measures],
    });
    if (proof.proven) return proof.provenAt;
    if (nowMs(playbook) >= deadline) {
      yield* ask(playbook, `unproven-${version}-${actor.id}`, [
        `Containment of ${actor.name} could not be proven: ${proof.why}.`,
        accessTokenWarning(actor.kind),
      ]);
      return null;
    }
    yield* sleepUntil(playbook, nowMs(playbook) + pollDelay(policy, look));
  }
}

function* ask(playbook: Playbook, key: string, lines: readonly string[]): Step<void> {
  const { incidentId } = playbook;
  yield* call(playbook, 'askCommander', { incidentId, key, text: lines.join(' '), command: null });
}

const viewOf = (
  actor: ActorRef,
  containment: ContainmentState,
  provenAt: string | null,
): ActorView => ({ ...actor, containment, provenAt });

function ended(why: string): { kind: 'ended'; ending: Ending } {
  return { kind: 'ended', ending: { outcome: 'cancelled', why } };
}
