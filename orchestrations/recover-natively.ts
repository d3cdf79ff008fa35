import type * as df from 'durable-functions';
import {
  orchestrations,
  type ActivityInput,
  type ActivityOutput,
  type ChildOutput,
} from '../shared/contracts/catalogue.js';
import { call, type Step } from './durable.js';
import { untilAnswered, untilOver, watchFrom } from './job-watch.js';
import { holdTenant, leaveTenant } from './tenant-lease.js';

type Result = ChildOutput<'recoverNatively'>;
type Kind = 'preview' | 'recovery';
type End = Pick<ActivityInput<'closeServiceWave'>, 'end' | 'jobId' | 'stopped' | 'note'>;

/**
 * One wave by the service itself: a preview of exactly its objects, compared with the plan, then a
 * recovery of what fits. One job at a time per tenant, jobs of hours followed by growing looks. A session
 * that ended stops it before the next job is asked for, never while one runs.
 */
export function* recoverNatively(context: df.OrchestrationContext): Step<Result | undefined> {
  const input = orchestrations.recoverNatively.input.parse(context.df.getInput());
  const { incidentId, planDigest, wave, from, to, canary } = input;
  const ofWave = { incidentId, planDigest, wave };
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook = { context, incidentId, policy };
  const claim = { owner: incidentId, planDigest };
  const watch = watchFrom(input);
  let { waiting } = input;

  const result = yield* toItsEnd();
  if (result !== null) return result;
  context.df.continueAsNew({ ...input, waiting, looks: watch.looks, missed: watch.missed });
  return undefined;

  /** Null: this run has looked often enough, and the next one goes on from what is being waited for. */
  function* toItsEnd(): Step<Result | null> {
    if (waiting === null) {
      const opened = yield* call(playbook, 'openServiceWave', {
        ...{ ...ofWave, from, to, canary },
        executor: 'native',
      });
      if (opened.stopped !== null) return yield* close(notStarted(opened.stopped, opened.note));
      if (opened.open === 0) return yield* close(notStarted(null, opened.note));
      const ended = yield* start(opened.begun ? 'recovery' : 'preview');
      if (ended !== null) return ended;
    }
    while (waiting !== null && watch.budget > 0) {
      const { kind, jobId } = waiting;
      const end = yield* untilOver(
        playbook,
        watch,
        () => call(playbook, 'followNativeJob', { ...ofWave, kind, jobId }),
        () => holdTenant(playbook, claim),
      );
      if (end === null) return null;
      const note = `The ${kind} job ${jobId} ended as ${end}.`;
      if (end === 'abandoned') return yield* close(yield* abandoned(kind, jobId, note));
      if (kind === 'recovery') {
        return yield* close({
          end,
          jobId,
          stopped: null,
          note: end === 'successful' ? null : note,
        });
      }
      if (end !== 'successful') {
        return yield* close({ end: 'failed', jobId: null, stopped: null, note });
      }
      const { open } = yield* call(playbook, 'compareNativePreview', { ...ofWave, jobId });
      if (open === 0) return yield* close(notStarted(null, null));
      const ended = yield* start('recovery');
      if (ended !== null) return ended;
    }
    return null;
  }

  /**
   * Asks for a job until it is taken, while others run their own; what is waited for then is that job.
   * Null unless the wave has ended.
   */
  function* start(wanted: Kind): Step<Result | null> {
    let kind = wanted;
    for (;;) {
      const asked = yield* untilAnswered(playbook, watch, () => ask(kind));
      switch (asked?.outcome) {
        case undefined:
        case 'busy':
        case 'unknown':
          return null;
        case 'started':
          waiting = { kind, jobId: asked.jobId ?? '' };
          watch.looks = 0;
          watch.missed = 0;
          return null;
        case 'session':
          return yield* awaitSession(asked.note);
        case 'stale':
          kind = 'preview';
          watch.budget -= 1;
          break;
        case 'stopped':
        case 'none':
          return yield* close(notStarted(asked.stopped, asked.note));
        case 'refused':
          return yield* close(refused(kind, asked.note));
      }
    }
  }

  function* ask(kind: Kind): Step<ActivityOutput<'startNativeJob'>> {
    return (yield* holdTenant(playbook, claim))
      ? yield* call(playbook, 'startNativeJob', { ...ofWave, kind })
      : yield* whileOthersRun();
  }

  /** Another incident holds the tenant: whether this plan may still be carried out is asked meanwhile. */
  function* whileOthersRun(): Step<ActivityOutput<'startNativeJob'>> {
    const { stopped, note } = yield* call(playbook, 'findTenantJob', { incidentId, planDigest });
    return { outcome: stopped === null ? 'busy' : 'stopped', jobId: null, stopped, note };
  }

  function* awaitSession(note: string | null): Step<Result> {
    const result = yield* close(notStarted(null, note), true);
    return { ...result, stopped: 'operatorSession', note };
  }

  /** Cancelled by the commander it ends the run; by anybody else it is a failure that people look at. */
  function* abandoned(kind: Kind, jobId: string, note: string): Step<End> {
    const { cancelled } = yield* call(playbook, 'readCase', { incidentId });
    return {
      end: cancelled ? 'abandoned' : 'failed',
      jobId: kind === 'recovery' ? jobId : null,
      stopped: cancelled ? 'cancelled' : null,
      note: cancelled ? note : `${note} Somebody cancelled it at the service.`,
    };
  }

  function* close(how: End, comesBack = false): Step<Result> {
    yield* leaveTenant(playbook, claim);
    const closed = yield* call(playbook, 'closeServiceWave', {
      ...{ ...ofWave, from, to, canary },
      ...how,
      ...(comesBack && { stopped: 'held' as const }),
    });
    return closed;
  }
}

const notStarted = (stopped: End['stopped'], note: string | null): End => ({
  end: 'none',
  jobId: null,
  stopped,
  note,
});

const refused = (kind: Kind, note: string | null): End => ({
  end: 'failed',
  jobId: null,
  stopped: null,
  note: `The service refused the ${kind} job: ${note ?? 'without a reason'}`,
});
