import { EventType } from '../../local/host/history.js';
import type { ActivityName, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { actor, digestA, happyAnswers, rehearse } from '../support/playbook.js';

const order = (calls: readonly { name: ActivityName }[], names: ActivityName[]) =>
  calls.map((call) => call.name).filter((name) => names.includes(name));

describe('the playbook on real replay', () => {
  it('contains before it reads the scope, previews before it asks, and writes only after approval', async () => {
    const run = await rehearse();
    await run.toItsEnd();

    expect(run.outcome()).toBe('recovered');
    const headlines: ActivityName[] = [
      'revokeSessions',
      'pickRecoveryPoint',
      'requestApproval',
      'executeRecovery',
      'verifyRecovery',
      'closeIncident',
    ];
    const firsts = headlines.map((name) => run.calls.findIndex((call) => call.name === name));
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    expect(Math.min(...firsts)).toBeGreaterThan(0);
  });

  it('opens decisions only when two sweeps agree and the settle time is over', async () => {
    const run = await rehearse();
    await run.toItsEnd();

    const sweeps = run.called('closeSweep').length;
    const asked = run.calls.findIndex((call) => call.name === 'requestApproval');
    const lastSweep = run.calls.map((call) => call.name).lastIndexOf('closeSweep');
    expect(sweeps).toBeGreaterThanOrEqual(2);
    expect(asked).toBeGreaterThan(lastSweep);
  });

  it('draws a provisional plan after the first sweep and never executes it', async () => {
    const run = await rehearse();
    await run.toItsEnd();

    const plans = run.called('closePlan').map((input) => input['provisional']);
    expect(plans).toEqual([true, false]);
  });

  it('writes canaries of 1 and 25 before anything else', async () => {
    const run = await rehearse({}, { objects: 4800 });
    await run.toItsEnd();

    const waves = run.called('executeRecovery');
    expect(waves.slice(0, 3)).toMatchObject([
      { from: 0, to: 1, canary: true },
      { from: 1, to: 26, canary: true },
      { from: 26, to: 506, canary: false },
    ]);
    expect(waves.at(-1)).toMatchObject({ to: 4800 });
  });

  it('closes as nothingToRecover without a plan when the actor changed nothing', async () => {
    const run = await rehearse({}, { objects: 0 });
    await run.toItsEnd();

    expect(run.outcome()).toBe('nothingToRecover');
    expect(run.called('requestApproval')).toEqual([]);
    expect(run.called('executeRecovery')).toEqual([]);
  });

  it.each(['between', 'before'] as const)(
    'ends the same when the process dies %s every two transitions',
    async (crash) => {
      const run = await rehearse(
        {
          executeRecovery: () => ({
            applied: 48,
            skipped: 0,
            failed: 0,
            drifted: 0,
            failedHere: 0,
            stopped: null,
            note: null,
          }),
        },
        { crash },
      );
      await run.toItsEnd(400);

      expect(run.outcome()).toBe('recovered');
      expect(run.engine.lives).toBeGreaterThan(50);
    },
    120_000,
  );

  it('a refusal that no step can turn into a decision ends the incident as failed with its code', async () => {
    const run = await rehearse({
      pickRecoveryPoint: () => ({
        refused: { code: 'INVARIANT_BROKEN', message: 'the store lost it' },
      }),
    });
    await run.toItsEnd();

    expect(run.engine.status(run.id).output).toEqual({
      outcome: 'failed',
      why: 'INVARIANT_BROKEN: the store lost it',
    });
  });

  it.each([1, 2])('hands its version %i on to every child', async (playbookVersion) => {
    const run = await rehearse({}, { playbookVersion });
    await run.toItsEnd();

    const inputs = run.engine
      .history(run.id)
      .filter(({ EventType: type }) => type === EventType.SubOrchestrationInstanceCreated)
      .map(({ InstanceId }) => run.engine.status(InstanceId ?? '').input);
    expect(inputs.length).toBeGreaterThan(3);
    expect(inputs).toEqual(
      inputs.map(() => expect.objectContaining({ playbookVersion }) as object),
    );
  });

  it('keeps its own history small whatever the number of objects', async () => {
    const sizes = [];
    for (const objects of [48, 4800, 48_000]) {
      const run = await rehearse({}, { objects });
      await run.toItsEnd(1000);
      sizes.push(run.engine.history(run.id).length);
    }

    const [small, , large] = sizes;
    expect(large).toBe(small);
  }, 120_000);
});

describe('those who must decide', () => {
  it('are looked at once the actor is contained, before anything else is read', async () => {
    const run = await rehearse();

    const at = (name: ActivityName) => run.calls.findIndex((call) => call.name === name);
    expect(at('checkPeople')).toBeGreaterThan(at('proveContainment'));
    expect(at('checkPeople')).toBeLessThan(at('measureLogDelay'));
  });

  it('are looked at once when nobody can be told to be the actor, after the commander was asked', async () => {
    const run = await rehearse({
      resolveActor: () => ({ resolved: false, question: 'Who is the actor?' }),
    });
    await run.engine.advanceTo(run.engine.now() + 100 * 60_000);

    expect(run.called('askCommander').length).toBeGreaterThan(1);
    expect(run.called('checkPeople')).toHaveLength(1);
    const heard = order(run.calls, ['askCommander', 'checkPeople']);
    expect(heard.slice(0, 2)).toEqual(['askCommander', 'checkPeople']);
  });

  it('hold nothing up when they cannot be looked at', async () => {
    const run = await rehearse({ checkPeople: () => ({ checked: false, quorum: null }) });
    await run.toItsEnd();

    expect(run.outcome()).toBe('recovered');
  });

  it('are not looked at by a run that began before this was a rule', async () => {
    const run = await rehearse({}, { playbookVersion: 1 });
    await run.toItsEnd();

    expect(run.called('checkPeople')).toEqual([]);
    expect(run.outcome()).toBe('recovered');
  });
});

describe('waiting for people', () => {
  const open = {
    state: 'open',
    remaining: ['operator', 'approver'],
    cancelled: false,
    held: false,
    superseded: false,
    summary: 'Waiting.',
  } as const;

  it('goes on when a decision arrives, and an event alone approves nothing', async () => {
    let approved = false;
    const run = await rehearse({
      readStanding: () =>
        approved
          ? { ...open, state: 'approved', remaining: [] }
          : { ...open, remaining: ['operator', 'approver'] },
    });
    await until(run, 'requestApproval');

    await run.engine.raise(run.id, 'approvalDecided', { eventId: '1' });
    await run.engine.runUntilIdle();
    expect(run.called('executeRecovery')).toEqual([]);

    approved = true;
    await run.engine.raise(run.id, 'approvalDecided', { eventId: '2' });
    await run.engine.runUntilIdle();
    expect(run.called('executeRecovery').length).toBeGreaterThan(0);
  });

  it('loses no decision that arrives while another one is being read', async () => {
    let standing: 'open' | 'approved' = 'open';
    const run = await rehearse({
      readStanding: () => ({ ...open, state: standing, remaining: ['operator'] }),
    });
    await until(run, 'requestApproval');

    // Both events are in the queue before the first is served; the second must still wake the run.
    await run.engine.raise(run.id, 'approvalDecided', { eventId: '1' });
    await run.engine.raise(run.id, 'approvalDecided', { eventId: '2' });
    await run.engine.runUntilIdle();
    const looks = run.called('readStanding').length;
    standing = 'approved';
    await run.engine.raise(run.id, 'approvalDecided', { eventId: '3' });
    await run.engine.runUntilIdle();

    expect(run.called('readStanding').length).toBeGreaterThan(looks);
    expect(run.called('executeRecovery').length).toBeGreaterThan(0);
  });

  it('reminds in the rhythm of the policy and closes as expired when nobody decides in time', async () => {
    let past = false;
    const run = await rehearse({
      readStanding: () => ({
        ...open,
        remaining: ['operator', 'approver'],
        state: past ? 'expired' : 'open',
      }),
    });
    await until(run, 'requestApproval');
    await run.engine.advanceTo(run.engine.now() + 100 * 60_000);
    expect(run.called('remindApprovers').length).toBe(3);
    past = true;
    await run.engine.advanceTo(run.engine.now() + 300 * 60_000);

    expect(run.outcome()).toBe('expired');
    expect(run.called('executeRecovery')).toEqual([]);
    expect(run.called('settleCard')).toMatchObject([{ planDigest: digestA }]);
  });

  it.each([
    [1, 1],
    [2, 2],
  ])(
    'a run of version %i looks %i times at its plan when a session is lent before the decision',
    async (playbookVersion, looks) => {
      const run = await rehearse(
        { readStanding: () => ({ ...open, remaining: [] }) },
        { playbookVersion },
      );
      await until(run, 'requestApproval');
      await run.engine.raise(run.id, 'sessionLent', { eventId: '1' });
      await run.engine.runUntilIdle();

      expect(run.called('readStanding')).toHaveLength(looks);
    },
  );

  it('a cancel before execution closes without writing', async () => {
    let cancelled = false;
    const run = await rehearse({
      readStanding: () => ({ ...open, remaining: ['operator', 'approver'], cancelled }),
    });
    await until(run, 'requestApproval');
    cancelled = true;
    await run.engine.raise(run.id, 'marksChanged', { eventId: '1' });
    await run.engine.runUntilIdle();

    expect(run.outcome()).toBe('cancelled');
    expect(run.called('executeRecovery')).toEqual([]);
  });

  it('waits as ACTOR_UNRESOLVED and goes on when a commander names the actor', async () => {
    let named = false;
    const run = await rehearse({
      resolveActor: () =>
        named
          ? {
              resolved: true,
              actors: [{ actor, auditRows: 48, commanderNamed: true, reason: 'named' }],
            }
          : { resolved: false, question: 'Who is the actor?' },
    });
    expect(run.called('reportStep').at(-1)).toMatchObject({
      state: 'waiting',
      summary: 'ACTOR_UNRESOLVED: Who is the actor?',
    });
    named = true;
    await run.engine.raise(run.id, 'actorsNamed', { eventId: '1' });
    await run.engine.runUntilIdle();
    await run.toItsEnd();

    expect(run.outcome()).toBe('recovered');
  });
});

describe('when things go wrong', () => {
  const decided = (
    allowed: readonly ('revokeSessions' | 'disable' | 'removeDirectoryRoles')[],
  ) => ({
    allowed: [...allowed],
    refused: [],
    protectedActor: false,
    waitForCommander: false,
    tokenWarning: 'a token may live on',
  });
  const proven = (lastWriteAt: string | null) => ({
    proven: true,
    why: 'tokens live 60 to 90 minutes',
    provenAt: '2026-11-21T14:46:00Z',
    lastWriteAt,
    clientName: 'Script host',
    ipAddress: '203.0.113.9',
  });
  const sweptUntil = (lastChangeAt: string, changes: number) => ({
    objects: 48,
    changes,
    digest: digestA,
    chunks: [{ sha256: digestA, objects: 48 }],
    firstChangeAt: '2026-11-21T14:31:00Z',
    lastChangeAt,
  });
  const lateWrite = '2026-11-21T14:50:00Z';

  it('climbs to what the policy allows, once per write, and names client and address', async () => {
    const run = await rehearse({
      decideContainment: (_input, calls) =>
        decided([
          'revokeSessions',
          'disable',
          ...(calls > 1 ? ['removeDirectoryRoles' as const] : []),
        ]),
      closeSweep: () => sweptUntil(lateWrite, 49),
      proveContainment: (_input, calls) => proven(calls === 1 ? null : lateWrite),
    });
    await run.toItsEnd();

    expect(order(run.calls, ['removeDirectoryRoles'])).toHaveLength(1);
    const texts = run.called('askCommander').map((input) => input['text']);
    expect(texts.filter((text) => /STILL WRITING/.test(String(text)))).toEqual([
      expect.stringMatching(/Script host.*203\.0\.113\.9/),
    ]);
    const views = run
      .called('reportStep')
      .map(
        ({ patch }) => (patch as { actors?: { containment: string }[] } | undefined)?.actors?.[0],
      )
      .filter((view) => view !== undefined);
    expect(views.map(({ containment }) => containment)).toContain('stillWriting');
    expect(views.at(-1)?.containment).toBe('contained');
  });

  it('contains again an actor whose containment somebody has undone', async () => {
    const run = await rehearse({
      closeSweep: () => sweptUntil(lateWrite, 49),
      proveContainment: (_input, calls) =>
        calls === 1
          ? proven(null)
          : { ...proven(lateWrite), proven: false, why: 'the account still reads as enabled' },
    });
    await run.toItsEnd();

    expect(run.called('disableActor')).toHaveLength(2);
    const texts = run.called('askCommander').map((input) => String(input['text']));
    expect(texts.join()).toMatch(/the account still reads as enabled.*CONTAINMENT WAS UNDONE/);
  });

  it('takes no measure that the policy does not name, and gives the commander its command', async () => {
    const run = await rehearse({
      closeSweep: (_input, calls) =>
        sweptUntil(calls === 1 ? lateWrite : '2026-11-21T14:31:00Z', 48),
      proveContainment: (_input, calls) => proven(calls === 1 ? null : lateWrite),
    });
    await run.toItsEnd();

    expect(run.called('removeDirectoryRoles')).toEqual([]);
    expect(run.called('askCommander')).toContainEqual(
      expect.objectContaining({
        text: expect.stringContaining('STILL WRITING') as string,
        command: expect.stringContaining(`principalId eq '${actor.id}'`) as string,
      }),
    );
  });

  it('repeats the steps when people name other actors while the scope is read', async () => {
    const version = (calls: number) => (calls < 4 ? 0 : 1);
    const run = await rehearse({
      readCase: (input, calls) => ({
        ...(happyAnswers().readCase(input, calls) as ActivityOutput<'readCase'>),
        actorsVersion: version(calls),
      }),
      resolveActor: (_input, calls) => ({
        resolved: true,
        actorsVersion: calls - 1,
        actors: [{ actor, auditRows: 48, commanderNamed: calls > 1, reason: 'named' }],
      }),
    });
    await run.toItsEnd();

    expect(run.called('resolveActor')).toHaveLength(2);
    const final = run.called('closePlan').filter(({ provisional }) => provisional === false);
    expect(final).toMatchObject([{ version: 2, actorsVersion: 1 }]);
  });

  it('what holds the writes but no person has marked is tried again in growing pauses', async () => {
    let opens = Infinity;
    const run = await rehearse({
      executeRecovery: (input, calls) =>
        run.engine.now() < opens
          ? {
              ...{ applied: 0, skipped: 0, failed: 0, drifted: 0, failedHere: 0 },
              ...{ stopped: 'held', note: 'Nothing is written before the new window.' },
            }
          : happyAnswers().executeRecovery(input, calls),
    });
    await until(run, 'executeRecovery');
    opens = run.engine.now() + 30 * 60_000;
    await run.engine.advanceTo(opens);

    expect(run.called('executeRecovery').length).toBeLessThan(15);
    await run.toItsEnd();
    expect(run.outcome()).toBe('recovered');
    expect(run.engine.now()).toBeLessThan(opens + 30 * 60_000);
  });

  it('a hold that lasts longer than the approval ends the execution, with time between attempts', async () => {
    const run = await rehearse({
      executeRecovery: (_input, calls) => ({
        ...{ applied: 0, skipped: 0, failed: 0, drifted: 0, failedHere: 0 },
        stopped: calls < 3 ? 'held' : 'expired',
        note: calls < 3 ? 'Held before the next batch.' : 'The approval was good until then.',
      }),
      readStanding: () => ({
        state: 'approved',
        remaining: [],
        cancelled: false,
        held: true,
        superseded: false,
        summary: 'Approved.',
      }),
      verifyRecovery: () => ({ verified: 0, mismatched: 0, pending: 0 }),
    });
    await run.toItsEnd();

    expect(run.called('executeRecovery')).toHaveLength(3);
    expect(run.engine.status(run.id).output).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('The approval was good until then.') as string,
    });
  });

  it.each<[string, Partial<ActivityOutput<'readStanding'>>]>([
    ['Nothing more is written: cancelled.', { cancelled: true }],
    ['Nothing more is written: the time of the approval is over.', { state: 'expired' }],
    ['Nothing more is written under this approval: Waiting for approver.', { state: 'open' }],
    ['Going on.', { state: 'approved' }],
  ])('a hold that ends says what comes then: %s', async (summary, then) => {
    const run = await rehearse({
      executeRecovery: ({ to }, calls) => ({
        ...{ applied: calls === 1 ? 0 : to, skipped: 0, failed: 0, drifted: 0, failedHere: 0 },
        ...{ stopped: calls === 1 ? 'held' : null, note: null },
      }),
      readStanding: (_input, calls) => ({
        ...{ state: 'approved', remaining: [], cancelled: false, held: false },
        ...{ superseded: false, summary: 'Waiting for approver.' },
        ...(calls > 1 ? then : {}),
      }),
    });
    await until(run, 'executeRecovery');
    const said = () =>
      run.called('reportStep').find(({ key }) => String(key).includes('-resumed-'));
    for (let timers = 0; said() === undefined && timers < 10; timers += 1) {
      await run.engine.advanceToNextTimer();
    }

    expect(said()).toMatchObject({ summary });
  });

  it('holds on a failing canary, shows it, and goes on only when a person resumes', async () => {
    let held = false;
    const run = await rehearse({
      executeRecovery: ({ wave, from, to }, calls) =>
        wave === 1 && calls === 1
          ? {
              applied: 0,
              skipped: 0,
              failed: 1,
              drifted: 0,
              failedHere: 1,
              stopped: null,
              note: 'Failed: user-1',
            }
          : {
              applied: to,
              skipped: 0,
              failed: 0,
              drifted: 0,
              failedHere: 0,
              stopped: null,
              note: from === 0 ? null : null,
            },
      holdExecution: () => {
        held = true;
        return { told: true };
      },
      readStanding: () => ({
        state: 'approved',
        remaining: [],
        cancelled: false,
        held,
        superseded: false,
        summary: 'Approved.',
      }),
    });
    await until(run, 'holdExecution');
    await run.engine.advanceTo(run.engine.now() + 60_000);
    expect(run.called('executeRecovery')).toHaveLength(1);

    held = false;
    await run.engine.raise(run.id, 'marksChanged', { eventId: '1' });
    await run.engine.runUntilIdle();
    await run.toItsEnd();
    expect(run.called('executeRecovery').length).toBeGreaterThan(1);
  });

  it('tells the commander the exact command when the tenant refuses a measure', async () => {
    const run = await rehearse({
      disableActor: () => ({
        measure: 'disable',
        ok: false,
        changed: false,
        refusal: { code: 'GRAPH_REJECTED', message: '403', command: 'Update-MgUser -UserId x' },
      }),
    });
    await run.toItsEnd();

    expect(run.called('askCommander')).toContainEqual(
      expect.objectContaining({ command: 'Update-MgUser -UserId x' }),
    );
  });
});

async function until(run: Awaited<ReturnType<typeof rehearse>>, name: ActivityName): Promise<void> {
  for (let timers = 0; run.called(name).length === 0; timers += 1) {
    if (timers > 50 || !(await run.engine.advanceToNextTimer())) {
      throw new Error(`${name} was not called after ${timers} timers`);
    }
  }
}

describe('a plan that was overtaken while it was carried out', () => {
  const digestB = `sha256:${'b'.repeat(64)}`;

  /** Version 1 drifts in its third wave, after 26 objects; version 2 holds `left` objects. */
  const drifting = (left: number, over: Parameters<typeof rehearse>[0] = {}) => {
    const plan = happyAnswers(48).closePlan;
    return rehearse({
      closePlan: (input, calls) => {
        const first = plan(input, calls) as ActivityOutput<'closePlan'>;
        if (input.version === 1) return first;
        const view = { ...first.view, version: 2, digest: digestB, objects: left };
        return { ...first, digest: digestB, view };
      },
      executeRecovery: ({ planDigest, to }) => ({
        applied: planDigest === digestA ? Math.min(to, 26) : to,
        skipped: 0,
        failed: 0,
        drifted: planDigest === digestA && to > 26 ? 22 : 0,
        failedHere: 0,
        stopped: null,
        note: null,
      }),
      verifyRecovery: ({ planDigest, from, to }) => ({
        verified: planDigest === digestA ? 26 : to - from,
        mismatched: 0,
        pending: 0,
      }),
      ...over,
    });
  };

  it('is read back together with the one that followed it', async () => {
    const run = await drifting(22);
    await run.toItsEnd();

    expect(run.outcome()).toBe('recovered');
    const read = run.called('verifyRecovery').filter(({ pass }) => pass === 2);
    expect(read).toMatchObject([
      { planDigest: digestA, newerPlan: digestB },
      { planDigest: digestB },
    ]);
    expect(run.called('closeIncident')[0]?.['why']).toContain('48 of 48');
  });

  it('is read back also when each object of its first wave had changed and none was counted', async () => {
    const run = await drifting(22, {
      executeRecovery: ({ planDigest, to }) => ({
        ...{ skipped: 0, failed: 0, failedHere: 0, stopped: null, note: null },
        ...(planDigest === digestA ? { applied: 0, drifted: 48 } : { applied: to, drifted: 0 }),
      }),
    });
    await run.toItsEnd();

    expect(run.called('verifyRecovery')).toContainEqual(
      expect.objectContaining({ planDigest: digestA, newerPlan: digestB }),
    );
  });

  it('is read back also when nothing is left to plan', async () => {
    const run = await drifting(0);
    await run.toItsEnd();

    expect(run.outcome()).toBe('recovered');
    expect(run.called('executeRecovery').every(({ planDigest }) => planDigest === digestA)).toBe(
      true,
    );
  });

  it('is not called recovered when what it wrote does not read back', async () => {
    const run = await drifting(22, {
      verifyRecovery: ({ planDigest, from, to }) => ({
        verified: planDigest === digestA ? 25 : to - from,
        mismatched: planDigest === digestA ? 1 : 0,
        pending: 0,
      }),
    });
    await run.toItsEnd();

    expect(run.outcome()).toBe('partiallyRecovered');
  });

  it('leaves a partial recovery when the next version is rejected', async () => {
    const standing = happyAnswers().readStanding;
    const run = await drifting(22, {
      readStanding: (input, calls) => {
        const approved = standing(input, calls) as ActivityOutput<'readStanding'>;
        return input.planDigest === digestB
          ? { ...approved, state: 'rejected', summary: 'Rejected by Olga.' }
          : approved;
      },
    });
    await run.toItsEnd();

    expect(run.outcome()).toBe('partiallyRecovered');
    expect(run.called('closeIncident')[0]?.['why']).toMatch(/Rejected by Olga.*26 of 48/);
  });
});

it('a wave of which most failed holds the run, and the rest is written once somebody resumes', async () => {
  let held = false;
  const run = await rehearse(
    {
      executeRecovery: ({ wave, to }) => ({
        applied: to,
        skipped: 0,
        failed: wave >= 3 ? 300 : 0,
        drifted: 0,
        failedHere: wave === 3 ? 300 : 0,
        appliedHere: 180,
        stopped: null,
        note: wave === 3 ? 'Failed: x (403)' : null,
      }),
      holdExecution: () => ((held = true), { told: true }),
      readStanding: (input, calls) => ({
        ...(happyAnswers().readStanding(input, calls) as ActivityOutput<'readStanding'>),
        held,
      }),
    },
    { objects: 2000 },
  );
  await until(run, 'holdExecution');
  const before = run.called('executeRecovery').length;
  held = false;
  await run.engine.raise(run.id, 'marksChanged', { eventId: 'resume' });
  await run.toItsEnd();

  expect(before).toBe(3);
  expect(run.called('holdExecution')[0]?.['why']).toMatch(/300 of 480 objects.*403/);
  expect(run.called('executeRecovery').at(-1)).toMatchObject({ to: 2000 });
});

describe('what lands between the last approval and the first write', () => {
  const digestB = `sha256:${'b'.repeat(64)}`;

  /** The first wave of version 1 finds that `stopped`; version 2 goes through. */
  const overtaken = (
    stopped: 'superseded' | 'revised' | 'unapproved',
    standsAgain = true,
    begun?: true,
  ) => {
    const happy = happyAnswers(48);
    return rehearse({
      closePlan: (input, calls) => {
        const drawn = happy.closePlan(input, calls) as ActivityOutput<'closePlan'>;
        if (input.version === 1) return drawn;
        return {
          ...drawn,
          digest: digestB,
          view: { ...drawn.view, digest: digestB, version: input.version },
        };
      },
      executeRecovery: (input, calls) =>
        input.planDigest === digestA
          ? {
              ...{ applied: 0, skipped: 0, failed: 0, drifted: 0, failedHere: 0 },
              ...{ stopped, note: 'Revised by Rita: hers is right' },
              ...(begun && { begun }),
            }
          : happy.executeRecovery(input, calls),
      readStanding: (input, calls) => {
        const standing = happy.readStanding(input, calls) as ActivityOutput<'readStanding'>;
        return standsAgain || input.planDigest === digestA
          ? standing
          : { ...standing, state: 'rejected', summary: 'Rejected by Olga.' };
      },
    });
  };
  const sweepsAfterAsking = (run: Awaited<ReturnType<typeof rehearse>>) => {
    const asked = run.calls.findIndex(({ name }) => name === 'requestApproval');
    return run.calls.slice(asked).filter(({ name }) => name === 'closeSweep').length;
  };

  it.each([
    ['superseded', true],
    ['revised', false],
    ['unapproved', false],
  ] as const)(
    'a plan that is %s by then is drawn and asked for again, and only the new one is written',
    async (stopped, readsTheScopeAgain) => {
      const run = await overtaken(stopped);
      await run.toItsEnd();

      expect(run.outcome()).toBe('recovered');
      expect(run.called('requestApproval').map(({ planVersion }) => planVersion)).toEqual([1, 2]);
      const [first, ...rest] = run.called('executeRecovery');
      expect(first).toMatchObject({ planDigest: digestA, wave: 1 });
      expect(rest.length).toBeGreaterThan(0);
      expect(rest.every(({ planDigest }) => planDigest === digestB)).toBe(true);
      expect(run.called('verifyRecovery').some(({ planDigest }) => planDigest === digestA)).toBe(
        false,
      );
      expect(sweepsAfterAsking(run) > 0).toBe(readsTheScopeAgain);
      expect(run.called('settleCard')).toContainEqual(
        expect.objectContaining({
          planDigest: digestA,
          text: expect.stringMatching(/Revised by Rita.*approval is void/) as string,
        }),
      );
    },
  );

  it('ends the incident as rejected when the new version is, with nothing written', async () => {
    const run = await overtaken('revised', false);
    await run.toItsEnd();

    expect(run.outcome()).toBe('rejected');
    expect(run.called('executeRecovery')).toHaveLength(1);
  });

  it('reads back what a run that died may have written, also when no further plan is executed', async () => {
    const run = await overtaken('unapproved', false, true);
    await run.toItsEnd();

    const readBack = run.called('verifyRecovery').map(({ planDigest }) => planDigest);
    expect(new Set(readBack)).toEqual(new Set([digestA]));
    expect(run.outcome()).not.toBe('rejected');
  });
});

describe('a plan that people revise while it awaits a decision', () => {
  it('is drawn again as the next version on the same scope, and only that version is executed', async () => {
    const digests = [digestA, digestA, `sha256:${'b'.repeat(64)}`];
    const happy = happyAnswers();
    const run = await rehearse({
      closePlan: (input, calls) => {
        const digest = digests[calls - 1] ?? digestA;
        const drawn = happy.closePlan(input, calls) as ActivityOutput<'closePlan'>;
        return { ...drawn, digest, view: { ...drawn.view, digest, version: input.version } };
      },
      readStanding: (input, calls) => {
        const standing = happy.readStanding(input, calls) as ActivityOutput<'readStanding'>;
        return calls === 1 ? { ...standing, state: 'open', revised: true } : standing;
      },
    });
    await run.toItsEnd();

    expect(run.outcome()).toBe('recovered');
    expect(run.called('requestApproval').map((input) => input['planVersion'])).toEqual([1, 2]);
    expect(run.called('settleCard').map((input) => input['planDigest'])).toEqual([
      digestA,
      digests[2],
    ]);
    expect(new Set(run.called('executeRecovery').map((input) => input['planDigest']))).toEqual(
      new Set([digests[2]]),
    );
    const sweptBefore = run.calls.findIndex(({ name }) => name === 'requestApproval');
    expect(run.calls.slice(sweptBefore).some(({ name }) => name === 'closeSweep')).toBe(false);
    expect(run.called('revokeSessions')).toHaveLength(1);
  });
});
