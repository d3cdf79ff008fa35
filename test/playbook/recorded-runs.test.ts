import { readFileSync } from 'node:fs';
import { EventType } from '../../local/host/history.js';
import { PLAYBOOK_VERSION } from '../../shared/domain/incident/incident.js';
import { fileOf, replay, runOf, type RecordedRun } from './recorded/recorded-run.js';

const recorded = (version: number): RecordedRun[] =>
  readFileSync(fileOf(version), 'utf8').trimEnd().split('\n').map(runOf);
const versions = Array.from({ length: PLAYBOOK_VERSION }, (_, index) => index + 1);

// A version without its recording fails here: test/playbook/recorded/record.ts makes it.
describe.each(versions)('an incident and its undo that version %i carried out', (version) => {
  const runs = recorded(version);

  it('were recorded with the rules of that version, from every orchestration they need', () => {
    const inputs = runs.filter(({ parentId }) => !parentId).map(({ input }) => input);
    expect(inputs).toEqual(
      inputs.map(() => expect.objectContaining({ playbookVersion: version }) as object),
    );
    expect(new Set(runs.map(({ name }) => name))).toEqual(
      new Set([
        ...['respondToIncident', 'sweepAuditLogs', 'drawPlan', 'executeWaves', 'recoverNatively'],
        ...['awaitHandOff', 'verifyObjects', 'undoRecovery', 'drawUndo'],
        ...(version > 1 ? ['checkRecoveryPoint'] : []),
      ]),
    );
  });

  it.each(runs.map((run) => [run.id.slice(36) || 'the incident', run] as const))(
    '%s: today it asks for the same calls in the same order and ends the same',
    async (_what, run) => {
      const { outcome, commands, output } = await replay(run);

      expect({ outcome, commands }).toEqual({ outcome: 'completed', commands: [] });
      expect(output).toEqual(run.output);
    },
  );

  it('are found out when one call of the history is another', async () => {
    const [run] = runs as [RecordedRun];
    const at = run.history.findIndex(
      ({ EventType: type, Name }) => type === EventType.TaskScheduled && Name === 'remindApprovers',
    );
    const history = run.history.with(at, { ...run.history[at]!, Name: 'readStanding' });

    await expect(replay({ ...run, history })).rejects.toThrow(/Non-Deterministic/);
  });
});
