import type * as df from 'durable-functions';
import { orchestrations, type ChildOutput } from '../shared/contracts/catalogue.js';
import { call, nowMs, sleepUntil, type Step } from './durable.js';

const readsPerRun = 40;
const confirmationsNeeded = 2;

/**
 * Reads slices of the plan back with growing pauses: a replica may lag behind an accepted write, so a
 * slice counts when two passes in a row read it as planned (graph fact sheet C, eventual consistency).
 */
export function* verifyObjects(
  context: df.OrchestrationContext,
): Step<ChildOutput<'verifyObjects'> | undefined> {
  const input = orchestrations.verifyObjects.input.parse(context.df.getInput());
  const { incidentId, planDigest } = input;
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook = { context, policy };
  const deadline = Date.parse(input.deadline);

  let open = input.open;
  let { verified, pass } = input;
  let last = { mismatched: 0, pending: 0 };
  for (let reads = 0; open.length > 0; pass += 1) {
    if (reads >= readsPerRun) {
      context.df.continueAsNew({ ...input, open, verified, pass });
      return undefined;
    }
    const overdue = nowMs(playbook) >= deadline;
    const still: typeof open = [];
    last = { mismatched: 0, pending: 0 };
    for (const slice of open) {
      const seen = yield* call(playbook, 'verifyRecovery', {
        incidentId,
        planDigest,
        from: slice.from,
        to: slice.to,
        pass,
      });
      reads += 1;
      const clean = seen.mismatched + seen.pending === 0;
      const confirmed = clean ? slice.confirmed + 1 : 0;
      if (confirmed >= confirmationsNeeded) {
        verified += seen.verified;
        continue;
      }
      if (overdue) {
        verified += seen.verified;
        last.mismatched += seen.mismatched;
        last.pending += seen.pending;
      }
      still.push({ ...slice, confirmed });
    }
    if (overdue) break;
    open = still;
    if (open.length === 0) break;
    const { first, max } = policy.timing.pollSeconds;
    yield* sleepUntil(
      playbook,
      Math.min(deadline, nowMs(playbook) + Math.min(max, first * 2 ** (pass - 1)) * 1000),
    );
  }
  return { verified, ...last };
}
