import type * as df from 'durable-functions';
import { orchestrations, type ChildOutput } from '../shared/contracts/catalogue.js';
import { call, timingOf, type Step } from './durable.js';

const slicesPerRun = 20;

/** One sweep of the audit trail, slice by slice; continues as new so that its history stays short. */
export function* sweepAuditLogs(
  context: df.OrchestrationContext,
): Step<ChildOutput<'sweepAuditLogs'> | undefined> {
  const input = orchestrations.sweepAuditLogs.input.parse(context.df.getInput());
  const { incidentId, sweep, actors } = input;
  const playbook = { context, policy: timingOf(input.pollSeconds) };

  const collected = [...input.collected];
  for (const window of input.slices.slice(0, slicesPerRun)) {
    const slice = yield* call(playbook, 'queryAuditLogs', { incidentId, sweep, actors, window });
    if (slice.artefact !== null) collected.push(slice.artefact);
  }
  const left = input.slices.slice(slicesPerRun);
  if (left.length > 0) {
    context.df.continueAsNew({ ...input, slices: left, collected });
    return undefined;
  }
  return yield* call(playbook, 'closeSweep', { incidentId, sweep, slices: collected });
}
