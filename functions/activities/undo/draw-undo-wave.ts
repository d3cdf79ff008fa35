import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { coverageOf } from '../../../shared/domain/coverage/coverage.js';
import type { CurrentObject, Delta, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { addToCounts, emptyCounts } from '../../../shared/domain/plan/plan-building.js';
import { isPlanned } from '../../../shared/domain/plan/plan-stages.js';
import { undoOf, type Undoable, type WrittenNow } from '../../../shared/domain/plan/undo-plan.js';
import { readBeforeImages } from '../execute/before-images.js';
import { readCurrentState } from '../plan/current-state.js';
import { putLines } from '../lines.js';
import { withLearned } from '../native/native-wave.js';
import { readAnyPlan, readPlanned } from '../plan/plan-file.js';
import { findingsOf, groupOf, isMembership, type Finding } from '../execute/repairs.js';
import type { ActivityServices } from '../services.js';
import { readWaveLines, type WaveLine } from '../execute/wave-file.js';

/**
 * The undo lines of one executed wave. What was written is known from the before-images and from what
 * became of each object; whether it still is as we left it is read now. Changes nothing.
 */
export async function drawUndoWave(
  services: ActivityServices,
  input: ActivityInput<'drawUndoWave'>,
): Promise<ActivityOutput<'drawUndoWave'>> {
  const { incidentId, version, planDigest, wave, from, to } = input;
  const { body } = await readAnyPlan(services, incidentId, planDigest);
  const [lines, images, planned, privileges] = await Promise.all([
    readWaveLines(services, incidentId, planDigest, from, to),
    readBeforeImages(services, incidentId, planDigest, wave),
    readPlanned(services, incidentId, body, from, to),
    services.directory.privilegeMap(),
  ]);
  const ofOthers = new Set(privileges.writableByUs ? [] : privileges.privilegedIds);
  const reached = planned.filter(({ objectId }) => mayBeOurs(lines.get(objectId)));
  const current = await readCurrentState(services, reached);

  const undone: PlannedObject[] = [];
  for (const approved of reached) {
    const line = lines.get(approved.objectId);
    if (line === undefined) continue;
    const object = withLearned(approved, line.learned);
    const before = usable(images.get(approved.objectId), object, line);
    const now = current.get(approved.objectId);
    const undo = undoOf(object, before, writtenOf(object, line, { before, now }, ofOthers));
    if (undo !== null) undone.push(undo);
  }
  const { sha256 } = await putLines(services, incidentId, `undo-${version}-${wave}`, undone);
  return {
    chunk: { sha256, objects: undone.length, planned: undone.filter(isPlanned).length },
    counts: undone.reduce(addToCounts, emptyCounts()),
  };
}

const mayBeOurs = (line: WaveLine | undefined): boolean =>
  line?.result === 'applied' || line?.result === 'unknown' || line?.partly === true;

/** An image of an object that was written, and shows nothing that was left to write, is of another time. */
const usable = (
  image: CurrentObject | undefined,
  object: PlannedObject,
  { result }: WaveLine,
): CurrentObject | undefined =>
  image !== undefined && (result !== 'applied' || openIn(object, image).length > 0)
    ? image
    : undefined;

/**
 * The deltas that we wrote: found as the plan expected before, approved, and accepted. Where only a part
 * of an object was accepted, or nobody knows, what reads as planned now is taken for ours. Without a
 * before-image that tells otherwise every approved delta may be.
 */
function writtenOf(
  object: PlannedObject,
  line: WaveLine,
  seen: { readonly before: CurrentObject | undefined; readonly now: CurrentObject | undefined },
  ofOthers: ReadonlySet<string>,
): Undoable[] {
  const isLeftOut = ({ property }: Delta) =>
    line.leftOut?.some((part) => part.startsWith(`${property} (`)) ?? false;
  const acting = object.deltas.filter((delta) => delta.action !== null && !isLeftOut(delta));
  const wasOpen = seen.before === undefined ? acting : openIn(object, seen.before);
  const findings = new Map<Delta, Finding>(
    seen.now && findingsOf(object, seen.now).map(({ delta, finding }) => [delta, finding]),
  );
  return acting
    .filter((delta) => wasOpen.includes(delta))
    .map((delta) => ({
      delta,
      now: writtenNow(findings.get(delta)),
      obstacle: roleObstacleOf(object, delta, ofOthers) ?? obstacleOf(object, delta),
    }))
    .filter(({ now }) => line.result === 'applied' || now === 'asWritten' || now === 'unread');
}

const openIn = (object: PlannedObject, before: CurrentObject): Delta[] =>
  findingsOf(object, before).flatMap(({ delta, finding }) =>
    finding === 'asExpected' ? [delta] : [],
  );

function writtenNow(finding: Finding | undefined): WrittenNow {
  switch (finding) {
    case 'asPlanned':
      return 'asWritten';
    case 'asExpected':
      return 'asBefore';
    case 'changedSince':
      return 'changedSince';
    case undefined:
      return 'unread';
  }
}

/**
 * What an operator's session wrote on privileged objects our own identity is refused (graph fact sheet
 * A.2). `ofOthers`: the privileged objects that only others may write.
 */
function roleObstacleOf(
  { objectId, objectType }: PlannedObject,
  delta: Delta,
  ofOthers: ReadonlySet<string>,
): string | null {
  const needsRole = isMembership(delta)
    ? ofOthers.has(groupOf(delta))
    : ofOthers.has(objectId) &&
      (delta.property === '*' || coverageOf(objectType, delta.property)?.dependsOnDirectoryRole);
  return needsRole
    ? 'It is privileged and our identity holds no role that may write it. As Privileged Authentication Administrator: put it back by hand, the before-images have its value.'
    : null;
}

/** What the service recovered for us may lie outside what we can write ourselves. */
function obstacleOf({ objectType, route }: PlannedObject, { property }: Delta): string | null {
  if (route === undefined || route.executor === 'surgical') return null;
  const row = coverageOf(objectType, property);
  return row === null || row.support === 'surgical'
    ? null
    : `Only a recovery job could write this; put it back by hand, the before-images have its value. ${row.note}`.trim();
}
