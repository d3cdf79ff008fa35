import { coverageOf } from '../coverage/coverage.js';
import { entityTypeOf } from '../native/native-job.js';
import { hasNativeExistence, isRevertedNatively } from '../native/native-properties.js';
import type { ExecutorName, PlanExecutor, Residual, Delta, PlannedObject } from './plan.js';

/** What must be known to say who carries an object out. */
export interface ExecutorFacts {
  /** The policy's choice, or a revision's. */
  readonly executor: PlanExecutor;
  /** A backup from before the first bad change is there. */
  readonly hasRecoveryPoint: boolean;
  /** This deployment can ask an operator for a session. */
  readonly sessionPossible: boolean;
  /** Somebody who is no actor changed the object since the recovery point; a native job would undo that. */
  readonly touchedByOthers: boolean;
}

/**
 * Says what carries an object out, and why, in a plan of that executor. Under `auto` our own writes come
 * first; a native job is taken for what they cannot do, unless it would take something legitimate with it.
 * Differences that only a native job can put back are planned when the object goes that way. When the
 * policy says `native`, what others changed too is still written by ourselves, property by property;
 * what the chosen executor cannot do is left to people, by name.
 */
export function chooseExecutor(object: PlannedObject, facts: ExecutorFacts): PlannedObject {
  const acting = object.deltas.filter(({ action }) => action !== null);
  const extra = object.deltas.filter((delta) => isOnlyNative(object, delta));
  if (acting.length + extra.length === 0) return object;

  const hindrance = nativeHindrance(object, [...acting, ...extra], facts);
  switch (facts.executor) {
    case 'surgical':
      return surgically(object, 'The policy lets our own identity write everything.');
    case 'native':
    case 'handOff':
      if (hindrance === null) {
        return natively(object, extra, facts.executor, 'The policy chose it for the whole plan.');
      }
      return facts.executor === 'native' && hindrance === others && acting.length > 0
        ? surgically(object, `A native job is not used: ${others}.`)
        : leftOut(object, facts.executor, hindrance);
    case 'auto':
      return automatically(object, acting, extra, hindrance, facts);
  }
}

function automatically(
  object: PlannedObject,
  acting: readonly Delta[],
  extra: readonly Delta[],
  hindrance: string | null,
  { sessionPossible }: ExecutorFacts,
): PlannedObject {
  if (extra.length === 0) return surgically(object, whySurgical(acting));
  const needs = `${named(extra)} can only be put back by a native recovery`;
  if (hindrance !== null) {
    if (acting.length === 0) return object;
    return surgically(object, `${whySurgical(acting)} ${needs}, which is not used: ${hindrance}.`);
  }
  return sessionPossible
    ? natively(object, extra, 'native', `${needs}, under an operator's session.`)
    : natively(
        object,
        extra,
        'handOff',
        `${needs}, and this deployment cannot ask for an operator's session: a person starts it.`,
      );
}

function whySurgical(acting: readonly Delta[]): string {
  return acting.some(({ action }) => action === 'restore')
    ? 'The recycle bin gives it back as it was, with our own identity.'
    : 'The earlier values are known, so only what the actor changed is written.';
}

/**
 * The actor's differences that our own writes cannot put back and a native job can: the value before is
 * unknown to us, or the property or the object is none that our identity may write.
 */
function isOnlyNative({ objectType }: PlannedObject, delta: Delta): boolean {
  if (delta.action !== null || delta.class !== 'unsupported') return false;
  const row = coverageOf(objectType, delta.property);
  return row?.secret !== true && isRevertedNatively(objectType, delta.property);
}

/** Why a native job must not, or cannot, carry this object out; null when it may. */
function nativeHindrance(
  object: PlannedObject,
  wanted: readonly Delta[],
  { hasRecoveryPoint, touchedByOthers }: ExecutorFacts,
): string | null {
  if (!hasRecoveryPoint) return 'no backup from before the first bad change is there';
  if (entityTypeOf(object.objectType) === null) return 'the service keeps no such objects';
  if (touchedByOthers || object.deltas.some(isOthers)) {
    return others;
  }
  const beyond = wanted.filter((delta) => !isWithinReach(object, delta));
  return beyond.length === 0 ? null : `it does not put back ${named(beyond)}`;
}

const others = 'others changed the object since the backup, and a native job would undo that too';

const isOthers = (delta: Delta): boolean =>
  delta.class === 'mixed' || delta.class === 'otherOnly' || delta.class === 'unexplained';

function isWithinReach({ objectType }: PlannedObject, delta: Delta): boolean {
  return delta.property === '*'
    ? hasNativeExistence(objectType)
    : isRevertedNatively(objectType, delta.property);
}

const surgically = (object: PlannedObject, why: string): PlannedObject => {
  const acts = object.deltas.some(({ action }) => action !== null);
  return acts ? { ...object, route: { executor: 'surgical', why } } : object;
};

function natively(
  object: PlannedObject,
  extra: readonly Delta[],
  executor: Exclude<ExecutorName, 'surgical'>,
  why: string,
): PlannedObject {
  const taken = new Set(extra.map(({ property }) => property));
  return {
    ...object,
    deltas: object.deltas.map((delta) =>
      taken.has(delta.property)
        ? {
            ...delta,
            class: 'actorOnly',
            action: 'update',
            reason: `${delta.reason} A native recovery writes the value of the backup.`,
          }
        : delta,
    ),
    residual: object.residual.filter(
      ({ property }) => property === undefined || !taken.has(property),
    ),
    route: { executor, why },
  };
}

/** The plan would act, but not by the executor that was chosen for all of it. */
function leftOut(
  object: PlannedObject,
  executor: Exclude<ExecutorName, 'surgical'>,
  hindrance: string,
): PlannedObject {
  const acting = object.deltas.filter(({ action }) => action !== null);
  const residual: Residual = {
    kind: 'manual',
    objectId: object.objectId,
    what: `The actor changed ${named(acting)}; ${executor} leaves the object out: ${hindrance}.`,
    todo: 'Revise the plan to the executor auto, which writes only what the actor changed.',
  };
  return {
    ...object,
    deltas: object.deltas.map((delta) =>
      delta.action === null
        ? delta
        : {
            ...delta,
            action: null,
            reason: `${delta.reason} Not planned: ${hindrance}.`,
          },
    ),
    residual: acting.length === 0 ? object.residual : [...object.residual, residual],
  };
}

const namesShown = 5;

function named(deltas: readonly Delta[]): string {
  const names = deltas.map(({ property }) => (property === '*' ? 'its existence' : property));
  const more = names.length - namesShown;
  return more > 0 ? `${names.slice(0, namesShown).join(', ')} and ${more} more` : names.join(', ');
}
