import { canonicalText, digestOf } from '../../../shared/digest.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import { chainEntry, firstPrev, type RecordEntry } from '../../../shared/domain/record.js';

const digest = `sha256:${'ab'.repeat(32)}`;
const step = (
  name: Incident['steps'][number]['name'],
  from: number,
  to: number,
  summary: string,
) => ({
  name,
  state: 'done' as const,
  startedAt: new Date(Date.UTC(2026, 10, 20, 14, 45, from)).toISOString(),
  endedAt: new Date(Date.UTC(2026, 10, 20, 14, 45, to)).toISOString(),
  summary,
  progress: { done: 0, total: null, etaSeconds: null },
});

/** The operator's night, recovered; a test states only what matters. */
export function recovered(over: Partial<Incident> = {}): Incident {
  const actor = {
    kind: 'user' as const,
    id: '11111111-1111-4111-8111-111111111111',
    name: 'Ada Actor',
  };
  return {
    id: 'inc-0123456789abcdef0123456789abcdef',
    title: 'Mass disable of accounts',
    source: 'sentinelIncident',
    labels: ['drill'],
    state: 'closed',
    outcome: 'recovered',
    openedAt: '2026-11-20T14:45:00.000Z',
    closedAt: '2026-11-20T14:46:30.000Z',
    cause: 'unknown',
    actor,
    actors: [{ ...actor, containment: 'contained', provenAt: '2026-11-20T14:45:04.000Z' }],
    window: { from: '2026-11-20T14:30:00Z', to: '2026-11-20T14:37:00Z' },
    steps: [
      step('contain', 0, 4, 'Sessions revoked, account disabled, both read back.'),
      step('scope', 4, 30, 'Sweep 3: 4800 objects, 4800 changes. Two sweeps agree.'),
      step('chooseRecoveryPoint', 30, 31, '02:00, 12.5 h before the first bad change.'),
      step('preview', 31, 38, '4800 objects to put back (update 4800); 1 warning.'),
      step('approve', 38, 44, 'Approved by two people.'),
      step('execute', 44, 72, '4800 applied.'),
      step('verify', 72, 89, '4800 verified.'),
    ],
    scope: { objects: 4800, changes: 4800, sweeps: 3, settled: true, digest },
    recoveryPoint: {
      id: 'MjAyNi0xMS0yMA==',
      createdDateTime: '2026-11-20T02:00:00Z',
      gapSeconds: 45_000,
      expiresAt: '2026-11-27T02:00:00Z',
      reason: 'The newest backup strictly before the first bad change.',
      alternatives: [{ id: 'b', createdDateTime: '2026-11-19T02:00:00Z' }],
    },
    plan: {
      version: 1,
      digest,
      executor: 'surgical',
      objects: 4800,
      byClass: {
        actorOnly: 4788,
        mixed: 12,
        otherOnly: 37,
        unexplained: 1,
        created: 0,
        restoredSince: 0,
        lost: 0,
        synced: 2,
        unsupported: 0,
      },
      byAction: {
        update: 4800,
        restore: 0,
        softDelete: 0,
        addMember: 0,
        removeMember: 0,
        addAssignment: 0,
        removeAssignment: 0,
      },
      excluded: 0,
      etaSeconds: 300,
      warnings: ['1 change has no audit event that says by whom; it is left alone.'],
      expiresAt: '2026-11-20T18:45:00.000Z',
    },
    approvals: {
      required: ['operator', 'approver'],
      given: [
        {
          by: { id: '22222222-2222-4222-8222-222222222222', name: 'Olga Operator' },
          countedAs: 'operator',
          at: '2026-11-20T14:45:41.000Z',
          via: 'teams',
        },
        {
          by: { id: '33333333-3333-4333-8333-333333333333', name: 'Alan Approver' },
          countedAs: 'approver',
          at: '2026-11-20T14:45:44.000Z',
          via: 'http',
        },
      ],
    },
    execution: {
      executor: 'surgical',
      waves: [
        {
          number: 1,
          objects: 1,
          applied: 1,
          skipped: 0,
          failed: 0,
          endedAt: '2026-11-20T14:45:46Z',
        },
        {
          number: 2,
          objects: 25,
          applied: 25,
          skipped: 0,
          failed: 0,
          endedAt: '2026-11-20T14:45:48Z',
        },
        {
          number: 3,
          objects: 480,
          applied: 478,
          skipped: 2,
          failed: 0,
          endedAt: '2026-11-20T14:45:55Z',
        },
      ],
      applied: 4798,
      skipped: 2,
      failed: 0,
    },
    verification: { verified: 4800, mismatched: 0, pending: 0, signIns: { seen: 9, sampled: 10 } },
    waitingFor: null,
    undo: null,
    residual: [
      {
        kind: 'synced',
        objectId: '44444444-4444-4444-8444-444444444444',
        what: 'accountEnabled of Sam Synced is mastered on-premises.',
        todo: 'Enable the account in Active Directory, then run a sync cycle.',
      },
    ],
    tasks: [
      {
        id: 'stop-script',
        at: '2026-11-20T14:45:05Z',
        text: 'Stop the script at its source: Microsoft Graph Command Line Tools from 203.0.113.57.',
        command: 'Revoke-MgUserSignInSession -UserId 11111111-1111-4111-8111-111111111111',
      },
    ],
    warnings: [],
    record: { entries: 0, head: null },
    policyDigest: digest,
    playbookVersion: 1,
    links: {},
    ...over,
  };
}

/** A true chain of entries of these kinds and summaries. */
export function chain(drafts: readonly (readonly [string, string])[]): RecordEntry[] {
  const entries: RecordEntry[] = [];
  for (const [index, [kind, summary]] of drafts.entries()) {
    const at = new Date(Date.UTC(2026, 10, 20, 14, 45, index)).toISOString();
    const draft = { at, kind, by: { id: 'entra-rewind', name: 'Entra Rewind' }, summary };
    entries.push(chainEntry(draft, index + 1, entries.at(-1)?.hash ?? firstPrev, digestOf));
  }
  return entries;
}

export const recordText = (entries: readonly RecordEntry[]): string =>
  entries.map((entry) => `${canonicalText(entry)}\n`).join('');
