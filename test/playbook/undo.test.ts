import { PLAYBOOK_VERSION } from '../../shared/domain/incident/incident.js';
import type { ActivityOutput } from '../../shared/contracts/catalogue.js';
import { happyAnswers, rehearse, undoDigest } from '../support/playbook.js';

type Changes = Parameters<typeof rehearse>[0];

/** A recovery that went well, and then its undo, on real replay. */
async function undone(changes: Changes = {}, objects = 48) {
  const run = await rehearse(changes, { objects });
  await run.toItsEnd();
  const id = `${run.id}-undo`;
  await run.engine.start(
    'undoRecovery',
    { playbookVersion: PLAYBOOK_VERSION, incidentId: run.id },
    id,
  );
  await run.engine.runUntilIdle();
  for (let fired = 0; fired < 200; fired += 1) {
    if (run.engine.status(id).runtimeStatus === 'Completed') break;
    if (!(await run.engine.advanceToNextTimer())) break;
  }
  const { runtimeStatus, output } = run.engine.status(id);
  if (runtimeStatus !== 'Completed') throw new Error(`the undo is still ${runtimeStatus}`);
  return { run, ending: output as { outcome: string; why: string } };
}

const ofUndo = ({ planDigest }: Record<string, unknown>) => planDigest === undoDigest;

describe('an undo on real replay', () => {
  it('draws, asks, writes canaries first, reads back, and tells it apart from the recovery', async () => {
    const { run, ending } = await undone({
      executeRecovery: ({ to }) => ({
        ...{ applied: to, skipped: 0, failed: 0, drifted: 0, failedHere: 0 },
        ...{ stopped: null, note: null },
      }),
    });

    expect(ending.outcome).toBe('recovered');
    expect(run.called('arrangePlan').at(-1)).toMatchObject({ backward: true });
    expect(run.called('requestApproval').filter(ofUndo)).toHaveLength(1);
    expect(run.called('executeRecovery').filter(ofUndo)).toMatchObject([
      { from: 0, to: 1, canary: true },
      { from: 1, to: 26, canary: true },
      { from: 26, to: 48, canary: false },
    ]);
    expect(run.called('verifyRecovery').filter(ofUndo).length).toBeGreaterThan(0);
    expect(run.called('closeUndo')).toMatchObject([{ outcome: 'recovered' }]);
    const told = run.calls.findIndex(({ name }) => name === 'readUndoGround');
    expect(run.calls.slice(told).map(({ name }) => name)).not.toContain('reportStep');
  });

  it.each(['rejected', 'expired'] as const)('that is %s writes nothing', async (state) => {
    const standing = happyAnswers().readStanding;
    const { run, ending } = await undone({
      readStanding: (input, calls) => {
        const approved = standing(input, calls) as ActivityOutput<'readStanding'>;
        return ofUndo(input) ? { ...approved, state } : approved;
      },
    });

    expect(ending.outcome).toBe(state);
    expect(run.called('executeRecovery').filter(ofUndo)).toEqual([]);
  });

  it('of which nothing is left ends without asking anybody', async () => {
    const plan = happyAnswers().closeUndoPlan;
    const { run, ending } = await undone({
      closeUndoPlan: (input, calls) => {
        const drawn = plan(input, calls) as ActivityOutput<'closeUndoPlan'>;
        return { ...drawn, view: { ...drawn.view, objects: 0 } };
      },
    });

    expect(ending.outcome).toBe('nothingToRecover');
    expect(run.called('requestApproval').filter(ofUndo)).toEqual([]);
  });

  it('of many waves of several plans is drawn in runs of 20, and joined once', async () => {
    const waves = Array.from({ length: 45 }, (_, n) => ({
      ...{ planDigest: undoDigest, wave: n + 1 },
      ...{ from: n, to: n + 1 },
    }));
    const ground = { version: 2, waves, severalPlans: true };
    const { run } = await undone({ readUndoGround: () => ground });

    expect(run.called('joinUndoLines')).toMatchObject([{ chunks: { length: 45 } }]);
    expect(run.called('readUndoGround')).toHaveLength(1);
    expect(run.called('drawUndoWave').map(({ wave }) => wave)).toEqual(
      waves.map(({ wave }) => wave),
    );
  });
});
