import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { RecordDraft } from '../../shared/ports/evidence.js';

export const temporaryFolder = (): Promise<string> =>
  mkdtemp(path.join(tmpdir(), 'entra-rewind-evidence-'));

export const draftOf = (summary: string): RecordDraft => ({
  at: '2026-11-20T14:30:00.000Z',
  kind: 'note',
  by: { id: '3b1f6c9a-0000-4000-8000-000000000001', name: 'Ada' },
  summary,
});

export function incidentOf(id: string, openedAt = '2026-11-20T14:30:00.000Z'): Incident {
  return {
    id,
    title: 'Accounts disabled',
    source: 'sentinelIncident',
    labels: [],
    state: 'containing',
    outcome: null,
    openedAt,
    closedAt: null,
    cause: 'unknown',
    actor: null,
    actors: [],
    window: { from: '2026-11-20T14:00:00.000Z', to: '2026-11-20T14:30:00.000Z' },
    steps: [],
    scope: { objects: 0, changes: 0, sweeps: 0, settled: false, digest: null },
    recoveryPoint: null,
    plan: null,
    approvals: { required: [], given: [] },
    execution: null,
    verification: null,
    waitingFor: null,
    undo: null,
    residual: [],
    tasks: [],
    warnings: [],
    record: { entries: 0, head: null },
    policyDigest: `sha256:${'1'.repeat(64)}`,
    playbookVersion: 1,
    links: {},
  };
}
