import type { TokenCredential } from '@azure/identity';
import type { Settings } from '../contracts/settings.js';
import type { AuditLog } from '../ports/audit-log.js';
import type { Clock } from '../ports/clock.js';
import type { EvidenceStore } from '../ports/evidence.js';
import type { Policy } from '../domain/policy.js';
import type { PolicySource } from '../ports/policies.js';
import type { Check } from '../ports/readiness.js';

export interface ReadinessOptions {
  readonly clock: Clock;
  readonly store: EvidenceStore;
  readonly policies: PolicySource;
  readonly auditLog: AuditLog;
  readonly credential: TokenCredential;
  readonly settings: Settings;
}

type Verdict = Omit<Check, 'name'>;

/** The preflight: each line is something that was really tried just now, and what to do when it failed. */
export function createReadiness(options: ReadinessOptions): () => Promise<readonly Check[]> {
  const { clock, store, policies, auditLog, credential, settings } = options;
  const checks: readonly { name: string; todo: string; look: () => Promise<Verdict> }[] = [
    {
      name: 'policy',
      todo: 'Correct the file that POLICY names.',
      look: async () => {
        const { warning, digest } = await policies.current({ fresh: true });
        return warning === null
          ? ok(`in force: ${digest}`)
          : { status: 'warning', evidence: warning, todo: 'Correct the file that POLICY names.' };
      },
    },
    {
      name: 'people',
      todo: 'Correct the file that POLICY names.',
      look: async () => peopleOf((await policies.current({ fresh: true })).policy),
    },
    {
      name: 'evidence store',
      todo: 'Make the place that EVIDENCE_STORE names readable and writable.',
      look: async () => {
        await store.claim('readiness', 'readiness');
        return ok('a claim was written and read back');
      },
    },
    {
      name: 'graph token',
      todo: 'Give the function app a managed identity and grant it the permissions of docs/operations.md.',
      look: () => tokenFor(`${settings.GRAPH_ENDPOINT}/.default`),
    },
    {
      name: 'audit trail',
      todo: 'Grant the identity Log Analytics Reader on the workspace, or AuditLog.Read.All without one.',
      look: async () => {
        const to = new Date(clock.now()).toISOString();
        const from = new Date(clock.now() - 3_600_000).toISOString();
        const writers = await auditLog.countWriters({ from, to }, 1);
        return ok(
          `read from ${auditLog.source}: ${writers.length === 0 ? 'no writes' : 'writes'} in the last hour`,
        );
      },
    },
    {
      name: 'bot',
      todo: 'Set BOT_APP_ID, BOT_SERVICE_URL and BOT_CONVERSATION_ID, and install the bot in the team.',
      look: async () =>
        settings.BOT_SERVICE_URL === undefined
          ? {
              status: 'warning',
              evidence: 'no Teams conversation is configured: approvals come over HTTP only',
              todo: 'Set BOT_SERVICE_URL and BOT_CONVERSATION_ID.',
            }
          : tokenFor('https://api.botframework.com/.default'),
    },
    {
      name: 'second channel',
      todo: '',
      look: () =>
        Promise.resolve(
          settings.URGENT_NOTICE_URL === undefined
            ? {
                status: 'warning',
                evidence: 'nobody is told when a card cannot be delivered or no quorum can act',
                todo: 'Set URGENT_NOTICE_URL.',
              }
            : { status: 'unknown', evidence: 'configured; it is used only when needed', todo: '' },
        ),
    },
  ];

  return () =>
    Promise.all(
      checks.map(async ({ name, todo, look }) => {
        try {
          return { name, ...(await look()) };
        } catch (error) {
          const evidence = error instanceof Error ? error.message.slice(0, 300) : 'unknown fault';
          return { name, status: 'failed' as const, evidence, todo };
        }
      }),
    );

  async function tokenFor(scope: string): Promise<Verdict> {
    const token = await credential.getToken(scope);
    return token === null
      ? { status: 'failed', evidence: `no token for ${scope}`, todo: 'Check the managed identity.' }
      : ok(`a token for ${scope} was issued`);
  }
}

/** Whom the policy leaves out, and what follows from it on the worst day. */
function peopleOf({ people }: Policy): Verdict {
  const missing = [
    ...(people.commanders.length === 0
      ? [
          'people.commanders names nobody: whoever holds Incident.Commander may cancel, hold, resume and name actors, and nobody can release a contained identity',
        ]
      : []),
    ...(people.breakGlassApprovers.length < 2
      ? [
          'people.breakGlassApprovers names fewer than two: when operators and approvers cannot act, a larger plan cannot be approved',
        ]
      : []),
  ];
  if (missing.length === 0) return ok('commanders and two break-glass approvers are pinned');
  return {
    status: 'warning',
    evidence: missing.join('; '),
    todo: 'Pin the people in the policy; it is read again each minute.',
  };
}

const ok = (evidence: string): Verdict => ({ status: 'ok', evidence, todo: '' });
