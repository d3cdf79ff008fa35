import type * as df from 'durable-functions';
import {
  orchestrations,
  type ActivityOutput,
  type ChildOutput,
} from '../shared/contracts/catalogue.js';
import { driftPercent } from '../shared/domain/plan/drift.js';
import { stopsTheRun } from '../shared/domain/plan/waves.js';
import { call, child, nowMs, pollDelay, sleepUntil, type Step } from './durable.js';

const wavesPerRun = 20;

/**
 * Writes wave after wave. It waits for no event: the activity that begins a wave reads the marks, the
 * ledger and the clock, and stops the run where they say so.
 */
export function* executeWaves(
  context: df.OrchestrationContext,
): Step<ChildOutput<'executeWaves'> | undefined> {
  const input = orchestrations.executeWaves.input.parse(context.df.getInput());
  const { incidentId, planDigest, playbookVersion, waves } = input;
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook = { context, policy };

  const run = {
    ...input,
    stopped: null as ChildOutput<'executeWaves'>['stopped'],
    begun: undefined as true | undefined,
    note: null as string | null,
  };
  for (let done = 0; run.next < waves.length && done < wavesPerRun; done += 1) {
    const wave = waves[run.next];
    if (wave === undefined) break;
    const result = yield* carryOut(wave);
    run.applied = result.applied;
    run.skipped = result.skipped;
    run.failed = result.failed;
    run.drifted = result.drifted;
    run.note = result.note;
    if (result.stopped !== null) {
      run.stopped = result.stopped;
      run.begun = result.begun;
      break;
    }
    run.next += 1;
    if (wave.canary && (result.failedHere > 0 || (yield* canaryMismatched(wave)))) {
      run.stopped = 'canaryFailed';
      run.note =
        `The canary of ${wave.to - wave.from} did not come back as planned. ${result.note ?? ''}`.trim();
      break;
    }
    const isLast = run.next === waves.length;
    const tried = { applied: result.appliedHere ?? 0, failed: result.failedHere };
    if (!isLast && stopsTheRun(tried)) {
      run.stopped = 'waveFailed';
      run.note =
        `${tried.failed} of ${tried.applied + tried.failed} objects written in a wave failed. ${result.note ?? ''}`.trim();
      break;
    }
    if (driftPercent(run.drifted, input.planned) > policy.execution.reapproveAboveDriftPercent) {
      run.stopped = 'drift';
      break;
    }
  }
  if (run.stopped === null && run.next < waves.length) {
    const { stopped: _stopped, begun: _begun, note: _note, ...again } = run;
    context.df.continueAsNew(again);
    return undefined;
  }
  const { next, applied, skipped, failed, drifted, stopped, begun, note } = run;
  return { next, applied, skipped, failed, drifted, stopped, ...(begun && { begun }), note };

  /** The wave by its executor; whoever carries it out leaves the same results behind. */
  function* carryOut(
    wave: (typeof waves)[number],
  ): Step<ActivityOutput<'executeRecovery'> | ChildOutput<'recoverNatively'>> {
    const { executor, ...part } = wave;
    const input = { planDigest, wave: run.next + 1, ...part };
    const own = context.df.instanceId.slice(incidentId.length + 1);
    const parent = { context, incidentId, playbookVersion };
    const suffix = `${own}-${executor.toLowerCase()}-${run.next + 1}`;
    switch (executor) {
      case 'surgical':
        return yield* call(playbook, 'executeRecovery', { incidentId, ...input });
      case 'native':
        return yield* child(parent, 'recoverNatively', suffix, {
          ...input,
          waiting: null,
          looks: 0,
          missed: 0,
        });
      case 'handOff':
        return yield* child(parent, 'awaitHandOff', suffix, {
          ...input,
          jobId: null,
          looks: 0,
          missed: 0,
        });
    }
  }

  /** A canary is believed only when it reads back as planned, within the policy's read-back time. */
  function* canaryMismatched(wave: { from: number; to: number }): Step<boolean> {
    const deadline = nowMs(playbook) + policy.verification.readBackMinutes * 60_000;
    for (let pass = 1; ; pass += 1) {
      const seen = yield* call(playbook, 'verifyRecovery', {
        incidentId,
        planDigest,
        from: wave.from,
        to: wave.to,
        pass,
      });
      if (seen.mismatched + seen.pending === 0) return false;
      if (nowMs(playbook) >= deadline) return true;
      yield* sleepUntil(playbook, nowMs(playbook) + pollDelay(policy, pass));
    }
  }
}
