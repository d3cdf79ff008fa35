import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import type { CurrentObject, PlannedObject } from '../../shared/domain/plan.js';
import { isProtected } from '../../shared/domain/policy.js';
import { beforeImages } from './before-images.js';
import { policyOf } from './case-file.js';
import { readCurrentState } from './current-state.js';
import { noteEntitlements } from './entitlements.js';
import { recordWave, waveTotals } from './execution-progress.js';
import { mayExecute } from './may-execute.js';
import { readPlan, readPlanned } from './plan-file.js';
import { findingOf, writesFor } from './repairs.js';
import type { ActivityServices } from './services.js';
import type { WaveLine } from './wave-file.js';
import { sendWrites } from './write-pacing.js';

type Result = ActivityOutput<'executeRecovery'>;

/**
 * Puts one wave of an approved plan back: asks once more whether it still may, reads every object just
 * before, writes only what is still as the plan expects, within the write budget. Safe to run again
 * after a crash: what was already written is found as planned and not written twice.
 */
export async function executeRecovery(
  services: ActivityServices,
  input: ActivityInput<'executeRecovery'>,
): Promise<Result> {
  const { incidentId, planDigest, wave, from, to } = input;
  const { body } = await readPlan(services, incidentId, planDigest);
  const permit = await mayExecute(services, incidentId, body, planDigest);
  if (!permit.ok)
    return { ...(await totals()), failedHere: 0, stopped: permit.stopped, note: permit.why };

  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const objects = await readPlanned(services, incidentId, body, from, to);
  const current = await readCurrentState(services, objects);
  const before = await beforeImages(services, input, objects, current);
  if (input.canary) await noteEntitlements(services, incidentId, planDigest, objects);

  const lines = new Map<string, WaveLine>();
  const open: PlannedObject[] = [];
  for (const object of objects) {
    const line = isProtected(policy, object.objectId)
      ? { result: 'failed' as const, detail: 'protected since the plan was approved' }
      : judge(object, current.get(object.objectId), before.get(object.objectId));
    if (line === null) open.push(object);
    else lines.set(object.objectId, { objectId: object.objectId, ...line });
  }

  const sent = await sendWrites(services, {
    incidentId,
    label: `${planDigest.slice(7, 19)}:${wave}:${before.run}`,
    policy,
    items: open.flatMap((object) => {
      const now = current.get(object.objectId);
      return now === undefined ? [] : writesFor(object, now).map((write) => ({ object, write }));
    }),
  });
  for (const object of open) {
    lines.set(object.objectId, sent.lineOf(object));
  }
  await recordWave(services, input, [...lines.values()], body.counts.objects);
  const failed = [...lines.values()].filter((line) => line.result === 'failed');
  return {
    ...(await totals()),
    failedHere: failed.length,
    stopped: sent.stopped,
    note: sent.stopped === null ? describe(failed) : 'Held by hand before the next batch.',
  };

  async function totals() {
    const all = await waveTotals(services, incidentId, planDigest);
    return {
      applied: all.applied,
      skipped: all.skipped,
      failed: all.failed,
      drifted: all.drifted,
    };
  }
}

/** What can be said of an object before writing; null when it is open to be written. */
function judge(
  object: PlannedObject,
  current: CurrentObject | undefined,
  before: CurrentObject | undefined,
): Omit<WaveLine, 'objectId'> | null {
  if (current === undefined) return { result: 'failed', detail: 'could not be read just before' };
  const acting = object.deltas.filter((delta) => delta.action !== null);
  const findings = acting.map((delta) => findingOf(delta, current));
  if (findings.includes('asExpected')) return null;
  if (findings.includes('changedSince')) {
    const property = acting[findings.indexOf('changedSince')]?.property ?? '';
    return { result: 'changedSince', detail: `${property} changed since the preview` };
  }
  const writtenByUs =
    before !== undefined && acting.some((delta) => findingOf(delta, before) === 'asExpected');
  return writtenByUs
    ? { result: 'applied', detail: 'written before an interruption' }
    : { result: 'present', detail: 'already was as planned' };
}

function describe(failed: readonly WaveLine[]): string | null {
  const first = failed
    .slice(0, 5)
    .map((line) => `${line.objectId} (${line.detail ?? 'no detail'})`);
  return first.length === 0 ? null : `Failed: ${first.join(', ')}`;
}
