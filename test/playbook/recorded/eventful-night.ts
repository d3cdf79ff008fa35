import type { ActivityName, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { firstPointCheck, pointCheckRunOf } from '../../../shared/domain/native/point-check.js';
import { undoRunOf } from '../../../shared/domain/plan/undo-view.js';
import {
  actor,
  happyAnswers,
  rehearse,
  undoDigest,
  type Rehearsal,
} from '../../support/playbook.js';

const opensAfterMs = 200 * 60_000;
const digestOf = (version: number) => `sha256:${String(version).repeat(64)}`;

/**
 * One incident and its undo in which nearly everything happens that makes a history long: an actor whom
 * nobody can tell, a session lent early, reminders, a revision, a change window, a hold, a drift, waves
 * of every executor, a reading back that is late. Version 1 had no check against the recovery point, so
 * its recording was made without the three lines that begin one.
 */
export async function eventfulNight(playbookVersion: number): Promise<Rehearsal> {
  const happy = happyAnswers(60);
  const desk = { named: false, revised: false, approved: '', held: false };
  const run = await rehearse(
    {
      readCase: (input, calls) => {
        const known = happy.readCase(input, calls) as ActivityOutput<'readCase'>;
        const notBefore = new Date(Date.parse(known.window.to) + opensAfterMs).toISOString();
        const execution = { ...known.policy.execution, notBefore };
        return { ...known, policy: { ...known.policy, execution } };
      },
      resolveActor: () =>
        desk.named
          ? {
              resolved: true,
              actors: [{ actor, auditRows: 60, commanderNamed: true, reason: 'named' }],
            }
          : { resolved: false, question: 'Who is the actor?' },
      openPointCheck: (_input, calls) => ({ state: calls === 1 ? 'wait' : 'ready', note: null }),
      closePlan: (input, calls) => {
        const drawn = happy.closePlan(input, calls) as ActivityOutput<'closePlan'>;
        const { version } = input;
        const digest = digestOf(version);
        const stages = (['surgical', 'native', 'handOff'] as const).map((executor) => ({
          ...{ executor, stage: 'users' as const, objects: 20 },
        }));
        return { ...drawn, digest, view: { ...drawn.view, version, digest, stages } };
      },
      readStanding: ({ planDigest }) => ({
        state: planDigest === desk.approved ? 'approved' : 'open',
        remaining: planDigest === desk.approved ? [] : ['operator'],
        ...{ cancelled: false, held: desk.held, superseded: false },
        revised: desk.revised && planDigest === digestOf(1),
        summary: 'As the ledger says.',
      }),
      executeRecovery: (input, calls) => {
        const none = { applied: 0, skipped: 0, failed: 0, drifted: 0, failedHere: 0 };
        if (input.planDigest !== digestOf(2)) return happy.executeRecovery(input, calls);
        desk.held = calls === 1;
        return calls === 1
          ? { ...none, stopped: 'held', note: 'Held before the next batch.' }
          : { ...none, drifted: 60, stopped: null, note: null };
      },
      verifyRecovery: ({ from, to }, calls) =>
        calls < 3
          ? { verified: 0, mismatched: 0, pending: to - from }
          : { verified: to - from, mismatched: 0, pending: 0 },
      readUndoGround: (input, calls) => ({
        ...(happy.readUndoGround(input, calls) as ActivityOutput<'readUndoGround'>),
        version: 9,
      }),
    },
    { objects: 60, playbookVersion },
  );
  const raise = async (event: string) => {
    await run.engine.raise(run.id, event, { eventId: `${event}-${run.calls.length}` });
    await run.engine.runUntilIdle();
  };

  await until(run, 'askCommander');
  desk.named = true;
  await raise('actorsNamed');
  await until(run, 'requestApproval');
  const check = pointCheckRunOf(run.id, 1);
  const asked = { playbookVersion, incidentId: run.id, ...firstPointCheck(1) };
  await run.engine.start('checkRecoveryPoint', asked, check);
  await raise('sessionLent');
  await raise('approvalDecided');
  await until(run, 'remindApprovers');
  await raise('approvalDecided');
  desk.revised = true;
  await raise('planRevised');
  await until(run, 'requestApproval', 2);
  await raise('approvalDecided');
  desk.approved = digestOf(2);
  await raise('approvalDecided');
  await raise('marksChanged');
  await until(run, 'executeRecovery');
  desk.held = false;
  await raise('marksChanged');
  await until(run, 'requestApproval', 3);
  desk.approved = digestOf(3);
  await raise('approvalDecided');
  await run.toItsEnd(400);

  desk.approved = undoDigest;
  await run.engine.start(
    'undoRecovery',
    { playbookVersion, incidentId: run.id },
    undoRunOf(run.id),
  );
  await until(run, 'closeUndo');
  return run;
}

/** Fires timers until an activity was called so often; fails after 80. */
async function until(run: Rehearsal, name: ActivityName, times = 1): Promise<void> {
  for (let fired = 0; run.called(name).length < times; fired += 1) {
    const isAlive = fired < 80 && (await run.engine.advanceToNextTimer());
    if (isAlive) continue;
    const { runtimeStatus, output } = run.engine.status(run.id);
    const now = JSON.stringify({ fired, runtimeStatus, output });
    throw new Error(`${name} was not called ${times} times: ${now}`);
  }
}
