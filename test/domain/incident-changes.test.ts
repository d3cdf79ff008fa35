import fc from 'fast-check';
import type { StepState } from '../../shared/domain/incident/incident.js';
import { stepNames } from '../../shared/domain/incident/incident.js';
import {
  openIncident,
  withPatch,
  withStep,
  withTask,
  withWarning,
} from '../../shared/domain/incident/incident-changes.js';
import { intake } from './support/incidents.js';

const opened = () =>
  openIncident({
    id: 'inc-1',
    intake: intake({ labels: ['drill'] }),
    openedAt: '2026-11-20T14:40:00Z',
    policyDigest: 'sha256:aa',
    links: { source: 'https://example.test/1' },
  });
const at = (minute: number) => `2026-11-20T15:${String(minute).padStart(2, '0')}:00Z`;

describe('an opened incident', () => {
  it('holds the seven steps of the playbook as pending and nothing that was not learned', () => {
    const incident = opened();

    expect(incident.steps.map((step) => step.name)).toEqual([...stepNames]);
    expect(incident.steps.every((step) => step.state === 'pending' && !step.startedAt)).toBe(true);
    expect(incident).toMatchObject({
      state: 'containing',
      outcome: null,
      actor: null,
      plan: null,
      labels: ['drill'],
      record: { entries: 0, head: null },
      policyDigest: 'sha256:aa',
      playbookVersion: 2,
    });
  });

  it('survives a JSON round trip unchanged', () => {
    const incident = opened();

    expect(JSON.parse(JSON.stringify(incident))).toEqual(incident);
  });
});

describe('a step report', () => {
  it.each([
    ['contain', 'containing'],
    ['scope', 'scoping'],
    ['chooseRecoveryPoint', 'choosingRecoveryPoint'],
    ['preview', 'previewing'],
    ['approve', 'awaitingApproval'],
    ['execute', 'executing'],
    ['verify', 'verifying'],
  ] as const)('a running %s makes the incident %s', (step, state) => {
    const incident = withStep(opened(), { step, state: 'running', at: at(1), summary: 'on it' });

    expect(incident.state).toBe(state);
    expect(incident.steps.find((line) => line.name === step)).toMatchObject({
      state: 'running',
      startedAt: at(1),
      endedAt: null,
      summary: 'on it',
    });
  });

  it('keeps the first start and the end of the step through waiting and repeated reports', () => {
    const states: [StepState, number][] = [
      ['running', 1],
      ['waiting', 2],
      ['running', 3],
      ['done', 4],
      ['done', 5],
    ];

    const incident = states.reduce(
      (before, [state, minute]) =>
        withStep(before, { step: 'scope', state, at: at(minute), summary: state }),
      opened(),
    );

    expect(incident.steps[1]).toMatchObject({ state: 'done', startedAt: at(1), endedAt: at(4) });
  });

  it('that arrives late does not undo the end of the step', () => {
    const started = { step: 'scope', state: 'running', at: at(1), summary: 'started' } as const;
    const done = { step: 'scope', state: 'done', at: at(4), summary: 'settled' } as const;

    const incident = withStep(withStep(withStep(opened(), started), done), started);

    expect(incident.steps[1]).toMatchObject({ state: 'done', summary: 'settled' });
  });

  it('may begin a step again after its end, and the end is open again', () => {
    const done = withStep(opened(), { step: 'scope', state: 'done', at: at(4), summary: '' });

    const again = withStep(done, { step: 'scope', state: 'running', at: at(9), summary: '' });

    expect(again.steps[1]).toMatchObject({ state: 'running', startedAt: at(4), endedAt: null });
    expect(again.state).toBe('scoping');
  });

  it('never reopens a closed incident', () => {
    const closed = withPatch(opened(), {
      state: 'closed',
      outcome: 'recovered',
      closedAt: at(30),
    });

    const after = withStep(closed, { step: 'verify', state: 'running', at: at(31), summary: '' });

    expect(after).toMatchObject({ state: 'closed', outcome: 'recovered', closedAt: at(30) });
  });

  it('reported twice leaves the document as reported once', () => {
    const report = fc.record({
      step: fc.constantFrom(...stepNames),
      state: fc.constantFrom<StepState>('pending', 'running', 'waiting', 'done', 'failed'),
      at: fc.integer({ min: 0, max: 59 }).map(at),
      summary: fc.string(),
    });

    fc.assert(
      fc.property(fc.array(report, { maxLength: 12 }), report, (earlier, last) => {
        const before = earlier.reduce(withStep, opened());
        const once = withStep(before, last);

        expect(withStep(once, last)).toEqual(once);
      }),
    );
  });
});

describe('a patch', () => {
  it('replaces what it names and leaves the rest', () => {
    const patched = withPatch(opened(), { warnings: ['clock skew'] });

    expect(patched).toEqual({ ...opened(), warnings: ['clock skew'] });
  });

  it('cannot change how a closed incident ended', () => {
    const closed = withPatch(opened(), { state: 'closed', outcome: 'rejected', closedAt: at(1) });

    const late = withPatch(closed, { state: 'executing', outcome: 'recovered', residual: [] });

    expect(late).toMatchObject({ state: 'closed', outcome: 'rejected', closedAt: at(1) });
  });
});

describe('tasks and warnings', () => {
  it('are written once however often they are reported', () => {
    const task = { id: 'stop-script', at: at(1), text: 'Stop the script', command: null };

    const again = { ...task, id: 'stop-script-2', at: at(2) };

    const incident = [task, task, again].reduce(
      (before, asked) => withWarning(withTask(before, asked), 'late rows'),
      opened(),
    );

    expect(incident.tasks).toEqual([task]);
    expect(incident.warnings).toEqual(['late rows']);
  });
});
