import type { AttributionContext } from './attribution-context.js';
import type { Obstacle } from './attribution-obstacles.js';
import { reconcileCommand } from '../incident/manual-command.js';
import type { CurrentObject, RestoreAs, RestoreConflict } from '../plan/plan.js';
import { plainText } from './values.js';

export interface RestoreWay {
  /** Null: restored as it was. */
  readonly restoreAs: RestoreAs | null;
  readonly obstacle: Obstacle | null;
  /** For the reason; empty when nothing is in the way. */
  readonly note: string;
}

/**
 * What becomes of a restore whose name or address is taken by now (backup fact sheet 11.1): left to a
 * person with the exact request unless somebody chose otherwise.
 */
export function wayBack(
  what: string,
  { objectId, conflicts = [] }: CurrentObject,
  context: Pick<AttributionContext, 'choices'>,
): RestoreWay {
  if (conflicts.length === 0) return { restoreAs: null, obstacle: null, note: '' };
  const choice = context.choices?.[objectId] ?? 'handOver';
  const restoreAs = reconciled(objectId, conflicts);
  const taken = conflicts.map(nameOf).join(', ');
  const renamed =
    restoreAs.newUserPrincipalName === null
      ? ''
      : ` under the name ${restoreAs.newUserPrincipalName}`;
  if (choice === 'reconcile') {
    const note = ` ${taken}: restored${renamed} without the addresses that others hold, as was chosen.`;
    return { restoreAs, obstacle: null, note };
  }
  if (choice === 'skip') {
    const why = `${taken}; it was chosen to leave it in the recycle bin`;
    return { restoreAs: null, obstacle: { why, residual: null }, note: '' };
  }
  const command = reconcileCommand(objectId, restoreAs.newUserPrincipalName);
  const todo = `Choose "reconcile" or "skip" for it in a revision of the plan, or restore it${renamed}: ${command ?? 'in the portal'}`;
  const obstacle: Obstacle = {
    why: `${taken}, and nobody chose what to do`,
    residual: { kind: 'manual', what: `${what} ${taken}.`, todo },
  };
  return { restoreAs: null, obstacle, note: '' };
}

const nameOf = ({ kind, value, heldBy }: RestoreConflict): string =>
  `${kind === 'userPrincipalName' ? 'the name' : 'the address'} ${plainText(value).slice(0, 120)} is held by ${heldBy} now`;

/** A name that is free and tells what happened: the old one with the first digits of the object id. */
function reconciled(objectId: string, conflicts: readonly RestoreConflict[]): RestoreAs {
  const name = conflicts.find(({ kind }) => kind === 'userPrincipalName')?.value ?? null;
  if (name === null) return { autoReconcileProxyConflict: true, newUserPrincipalName: null };
  const at = name.lastIndexOf('@');
  const renamed = `${name.slice(0, at)}-restored-${objectId.slice(0, 8)}${name.slice(at)}`;
  return { autoReconcileProxyConflict: true, newUserPrincipalName: renamed };
}
