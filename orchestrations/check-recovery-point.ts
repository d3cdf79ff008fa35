import type * as df from 'durable-functions';
import {
  orchestrations,
  type ActivityInput,
  type ActivityOutput,
  type OrchestrationOutput,
} from '../shared/contracts/catalogue.js';
import { addTotals, noTotals, pointCheckRunOf } from '../shared/domain/native/point-check.js';
import { call, Refused, type Step } from './durable.js';
import { pause, untilAnswered, untilOver, watchFrom } from './job-watch.js';
import { holdTenant, leaveTenant } from './tenant-lease.js';

const chunksPerRun = 20;

type Result = OrchestrationOutput<'checkRecoveryPoint'>;
type End = Pick<ActivityInput<'closePointCheck'>, 'version' | 'totals' | 'note'>;

/**
 * Holds a plan that awaits approval against what the recovery point itself holds, which only a preview of
 * the service can tell. It runs beside the incident, since a preview may take hours and no plan waits for
 * it: it looks until there is a final plan, takes the tenant's place for jobs as an owner of its own, and
 * ends with the answer, with the incident's execution, or with the words why there is none.
 */
export function* checkRecoveryPoint(context: df.OrchestrationContext): Step<Result | undefined> {
  const input = orchestrations.checkRecoveryPoint.input.parse(context.df.getInput());
  const { incidentId, run } = input;
  const ofRun = { incidentId, run };
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook = { context, incidentId, policy };
  const claim = { owner: pointCheckRunOf(incidentId, run) };
  const watch = watchFrom(input);
  let { jobId, compared } = input;

  const result = yield* toItsEnd();
  if (result !== null) return result;
  context.df.continueAsNew({
    ...input,
    ...{ jobId, compared, looks: watch.looks, missed: watch.missed },
  });
  return undefined;

  /** Whatever goes wrong here is told and leaves the incident as it is. */
  function* toItsEnd(): Step<Result | null> {
    try {
      return yield* steps();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const words = error instanceof Refused ? `${error.code}: ${error.message}` : error.message;
      return yield* unanswered(words.split('\n', 1)[0] ?? words);
    }
  }

  /** Null: this run has looked often enough, and the next one goes on. */
  function* steps(): Step<Result | null> {
    if (jobId === null) {
      const asked = yield* untilAnswered(playbook, watch, ask);
      if (asked === null) return null;
      if (asked.outcome !== 'started') return yield* unanswered(asked.note);
      jobId = asked.jobId ?? '';
      watch.looks = 0;
      watch.missed = 0;
    }
    if (compared === null) {
      const ended = yield* follow(jobId);
      if (ended !== 'read') return ended;
    }
    return yield* compare();
  }

  function* ask(): Step<ActivityOutput<'startPointPreview'>> {
    const { state, note } = yield* call(playbook, 'openPointCheck', ofRun);
    if (state === 'over') return { outcome: 'stopped', jobId: null, stopped: null, note };
    if (state === 'wait') {
      yield* leaveTenant(playbook, claim);
      return { outcome: 'busy', jobId: null, stopped: null, note };
    }
    return (yield* holdTenant(playbook, claim))
      ? yield* call(playbook, 'startPointPreview', ofRun)
      : { outcome: 'busy', jobId: null, stopped: null, note };
  }

  /** Follows the preview to its end and keeps what it told. */
  function* follow(preview: string): Step<Result | 'read' | null> {
    const end = yield* untilOver(
      playbook,
      watch,
      () => call(playbook, 'followPointPreview', { ...ofRun, jobId: preview }),
      () => holdTenant(playbook, claim),
    );
    if (end === null) return null;
    if (end === 'none') return yield* unanswered('The incident closed while the preview ran.');
    if (end === 'cancelled') {
      return yield* unanswered(`The preview ${preview} made way for the approved recovery.`);
    }
    if (end !== 'successful') return yield* unanswered(`The preview ${preview} ended as ${end}.`);
    yield* leaveTenant(playbook, claim);
    for (; watch.budget > 0; watch.budget -= 1) {
      const read = yield* call(playbook, 'readPointPreview', { ...ofRun, jobId: preview });
      if (read.state === 'over') return yield* unanswered(read.note);
      if (read.state === 'read') {
        compared = { version: read.version, chunks: read.chunks, next: 0, totals: noTotals };
        return 'read';
      }
      yield* pause(playbook, watch);
    }
    return null;
  }

  function* compare(): Step<Result | null> {
    for (let left = chunksPerRun; compared !== null && left > 0; left -= 1) {
      const { version, chunks, next, totals } = compared;
      if (next >= chunks) return yield* close({ version, totals, note: null });
      const found = yield* call(playbook, 'compareWithPoint', { ...ofRun, version, chunk: next });
      compared = { version, chunks, next: next + 1, totals: addTotals(totals, found) };
    }
    return null;
  }

  function* unanswered(note: string | null): Step<Result> {
    return yield* close({ version: 0, totals: null, note });
  }

  function* close(end: End): Step<Result> {
    yield* leaveTenant(playbook, claim);
    return yield* call(playbook, 'closePointCheck', { ...ofRun, ...end });
  }
}
