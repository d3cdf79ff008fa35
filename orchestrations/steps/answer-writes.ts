import { climb, manualCommand } from '../../shared/domain/incident/containment-rules.js';
import { compareInstants } from '../../shared/domain/instants.js';
import { call, type Playbook, type Step } from '../durable.js';
import { takeMeasure, type ContainedActor } from './contain-actor.js';

/**
 * A write after the containment takes again what somebody has undone of it, and climbs to the next
 * measures that the policy allows; those it does not allow go to the commander as commands, together
 * with the client and address to stop at its source. A token already issued cannot be taken back. Each
 * write is answered once.
 */
export function* answerWrites(
  playbook: Playbook,
  actors: readonly ContainedActor[],
  lastChangeAt: string | null,
  round: string,
): Step<readonly ContainedActor[]> {
  if (lastChangeAt === null) return actors;
  const answered: ContainedActor[] = [];
  for (const contained of actors) {
    const since = contained.answeredUntil ?? contained.view.provenAt;
    const mayBeTheirs = since !== null && compareInstants(lastChangeAt, since) > 0;
    answered.push(mayBeTheirs ? yield* answerWrite(playbook, contained, since, round) : contained);
  }
  return answered;
}

function* answerWrite(
  playbook: Playbook,
  contained: ContainedActor,
  since: string,
  round: string,
): Step<ContainedActor> {
  const { incidentId } = playbook;
  const { actor, view, taken } = contained;
  const proof = yield* call(playbook, 'proveContainment', {
    incidentId,
    actor,
    measures: [...taken],
  });
  const { lastWriteAt } = proof;
  if (lastWriteAt === null || compareInstants(lastWriteAt, since) <= 0) return contained;

  const decision = yield* call(playbook, 'decideContainment', {
    incidentId,
    actor,
    auditRows: 1,
    commanderNamed: false,
  });
  const climbed = [...taken];
  const byHand: string[] = [];
  const undone = proof.proven ? [] : taken.filter((measure) => decision.allowed.includes(measure));
  for (const measure of undone) yield* takeMeasure(playbook, actor, measure, `again-${round}`);
  for (const measure of climb(taken, actor.kind)) {
    if (!decision.allowed.includes(measure)) byHand.push(manualCommand(measure, actor));
    else if (yield* takeMeasure(playbook, actor, measure, `climb-${round}`)) climbed.push(measure);
  }
  yield* call(playbook, 'askCommander', {
    incidentId,
    key: `still-writing-${actor.id}-${round}`,
    text:
      `STILL WRITING: ${actor.name} wrote at ${lastWriteAt}, after containment at ${view.provenAt ?? since}, ` +
      `through ${proof.clientName ?? 'an unknown client'} from ${proof.ipAddress ?? 'an unknown address'}. ` +
      `Stop that client or automation at its source. ${proof.why}` +
      (proof.proven ? '' : '. CONTAINMENT WAS UNDONE by somebody and is taken again.') +
      (byHand.length > 0 ? ' The policy leaves the next measures to you.' : ''),
    command: byHand.length > 0 ? byHand.join('\n') : null,
  });
  const stillWriting = { ...view, containment: 'stillWriting' } as const;
  return { actor, taken: climbed, view: stillWriting, answeredUntil: lastWriteAt };
}
