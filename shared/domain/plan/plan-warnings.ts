import type { RecoveryPointView } from '../incident/incident.js';
import { counted } from '../words.js';
import type { PlanCounts } from './plan.js';

/** What the warnings of a plan are about. */
export interface PlanFacts {
  readonly counts: PlanCounts;
  readonly recoveryPoint: RecoveryPointView;
  /** Things left for people. */
  readonly residuals: number;
  /** Privileged objects our identity may not write. */
  readonly privileged: number;
  /** Earlier values that no source states. */
  readonly unknownValues: number;
  /** Earlier values that only the backup holds: a native recovery writes them. */
  readonly fromBackup?: number;
  /** Properties that others wrote after the actor: left alone. */
  readonly overwritten: number;
  /** Properties of which the recovery point holds another value than the first row since found. */
  readonly disagreeing?: number;
  /** Values to return to that the actor itself had set before. */
  readonly setByActor?: number;
  /** Some of them, by object and property. */
  readonly setByActorIn?: readonly string[];
}

/** What an approver must know before deciding, one sentence each, the gravest first. */
export function planWarnings(facts: PlanFacts): string[] {
  const { byClass, byAction } = facts.counts;
  const { setByActor = 0, setByActorIn = [], disagreeing = 0, fromBackup = 0 } = facts;
  const properties = (count: number) => counted(count, 'property', 'properties');
  const told: readonly [number, (count: number) => string][] = [
    [
      facts.recoveryPoint.id === null ? 1 : 0,
      () =>
        'NO_RECOVERY_POINT: no backup confirms the earlier values; every one comes from an audit row.',
    ],
    [
      setByActor,
      (n) =>
        `${counted(n, 'value')} to be returned to, SET BY THE ACTOR ITSELF before the recovery point: ${setByActorIn.join(', ')}${n > setByActorIn.length ? ' and others' : ''}. Leave out what should not go back to that, or choose an earlier recovery point, in a revision.`,
    ],
    [
      byAction.softDelete,
      (n) =>
        `${counted(n, 'object')} to be SOFT-DELETED, created or restored by the actor; left out unless everybody who must approve names that line (over HTTP).`,
    ],
    [
      byClass.unexplained,
      (n) => `${counted(n, 'difference')} that no audit row explains; left alone.`,
    ],
    [
      disagreeing,
      (n) =>
        `${properties(n)} with another value at the recovery point than the first row since then found, so somebody's row is missing; the later value is the one that counts.`,
    ],
    [
      facts.privileged,
      (n) =>
        `${counted(n, 'privileged object')} that our identity may not write; a person with the role must.`,
    ],
    [facts.unknownValues, (n) => `${counted(n, 'earlier value')} unknown and not written.`],
    [
      fromBackup,
      (n) =>
        `${counted(n, 'earlier value')} unknown to us: a native recovery writes what the backup holds.`,
    ],
    [
      facts.overwritten,
      (n) => `${properties(n)} written by others after the actor; left as they set them.`,
    ],
    [
      byAction.softDelete > 0 ? 0 : byClass.created,
      (n) => `${counted(n, 'object')} created by the actor and left in place.`,
    ],
    [byClass.lost, (n) => `${counted(n, 'object')} hard-deleted, to be re-created by hand.`],
    [byClass.synced, (n) => `${counted(n, 'difference')} on objects mastered on-premises.`],
    [byClass.unsupported, (n) => `${counted(n, 'difference')} outside what can be written.`],
  ];
  return told.filter(([count]) => count > 0).map(([count, tell]) => tell(count));
}
