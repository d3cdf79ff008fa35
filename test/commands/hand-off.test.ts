import { jobsOf } from '../../local/commands/persons/hand-off.js';
import { handOffBody, handOffText } from '../../shared/domain/plan/hand-off-text.js';

const handOff = {
  pointId: 'MTc2MzYwMzIwMA==',
  pointAt: '2026-11-20T02:00:00Z',
  entries: [
    { entityType: 'user' as const, ids: ['00000000-0000-4000-8000-000000000001'] },
    { entityType: 'group' as const, ids: ['00000000-0000-4000-8000-000000000002'] },
  ],
  until: '2026-11-21T02:00:00Z',
};

describe('the person who carries out a hand-off', () => {
  it('starts exactly what the task asks for: first the preview, then the recovery', () => {
    const job = {
      person: 'operator',
      snapshotId: handOff.pointId,
      filteringCriteria: handOffBody(handOff).filteringCriteria,
    };

    expect(jobsOf(handOffText(handOff))).toEqual([
      { ...job, kind: 'preview' },
      { ...job, kind: 'recovery' },
    ]);
  });

  it('finds nothing to start in another task', () => {
    expect(jobsOf("Invoke-MgGraphRequest -Method POST -Uri 'https://x/users'")).toEqual([]);
  });
});
