import type * as df from 'durable-functions';
import {
  orchestrations,
  type ActivityInput,
  type ChildOutput,
} from '../shared/contracts/catalogue.js';
import { call, type Step } from './durable.js';
import { pause, untilOver, watchFrom } from './job-watch.js';

type Result = ChildOutput<'awaitHandOff'>;
type End = Pick<ActivityInput<'closeServiceWave'>, 'end' | 'jobId' | 'stopped' | 'note'>;

/**
 * One wave that a person starts in the portal: the exact requests are handed over, then the list of jobs
 * is watched for the one that equals them. What must not be recovered any more leaves the requests
 * meanwhile. It ends with that job, when nothing is left, or with the approval.
 */
export function* awaitHandOff(context: df.OrchestrationContext): Step<Result | undefined> {
  const input = orchestrations.awaitHandOff.input.parse(context.df.getInput());
  const { incidentId, planDigest, wave, from, to, canary } = input;
  const ofWave = { incidentId, planDigest, wave };
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook = { context, incidentId, policy };
  const watch = watchFrom(input);
  let { jobId } = input;

  if (watch.looks === 0) {
    const opened = yield* call(playbook, 'openServiceWave', {
      ...{ ...ofWave, from, to, canary },
      executor: 'handOff',
    });
    if (opened.stopped !== null || opened.open === 0) {
      return yield* close({ end: 'none', jobId, stopped: opened.stopped, note: opened.note });
    }
    if (!opened.begun) yield* call(playbook, 'handOver', ofWave);
  }
  while (jobId === null && watch.budget > 0) {
    const seen = yield* call(playbook, 'lookForHandOff', ofWave);
    jobId = seen.jobId;
    if (seen.stopped !== null) {
      return yield* close({ end: 'none', jobId, stopped: seen.stopped, note: seen.note });
    }
    if (seen.open === 0) return yield* close({ end: 'none', jobId, stopped: null, note: null });
    if (seen.again) yield* call(playbook, 'handOver', ofWave);
    if (jobId !== null) break;
    yield* pause(playbook, watch);
    watch.budget -= 1;
  }
  if (jobId !== null) {
    const job = { ...ofWave, kind: 'recovery', jobId } as const;
    const end = yield* untilOver(playbook, watch, () => call(playbook, 'followNativeJob', job));
    if (end !== null) {
      const note = end === 'successful' ? null : `The job ${jobId} ended as ${end}.`;
      return yield* close({ end, jobId, stopped: null, note });
    }
  }
  context.df.continueAsNew({ ...input, jobId, looks: watch.looks, missed: watch.missed });
  return undefined;

  function* close(how: End): Step<Result> {
    return yield* call(playbook, 'closeServiceWave', {
      ...{ ...ofWave, from, to, canary },
      ...how,
    });
  }
}
