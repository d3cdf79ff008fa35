import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openIncident } from '../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { RecordDraft } from '../../shared/ports/evidence.js';
import { intake } from '../domain/support/incidents.js';

export const temporaryFolder = (): Promise<string> =>
  mkdtemp(path.join(tmpdir(), 'entra-rewind-evidence-'));

export const draftOf = (summary: string): RecordDraft => ({
  at: '2026-11-20T14:30:00.000Z',
  kind: 'note',
  by: { id: '3b1f6c9a-0000-4000-8000-000000000001', name: 'Ada' },
  summary,
});

export function incidentOf(id: string, openedAt = '2026-11-20T14:30:00.000Z'): Incident {
  return openIncident({
    id,
    intake: intake({ title: 'Accounts disabled' }),
    openedAt,
    policyDigest: `sha256:${'1'.repeat(64)}`,
    links: {},
  });
}
