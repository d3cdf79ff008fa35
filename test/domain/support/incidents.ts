import type { Intake } from '../../../shared/domain/incident/intake.js';
import type { Policy } from '../../../shared/domain/policy.js';

/** A valid intake; a test states only what matters. */
export function intake(over: Partial<Intake> = {}): Intake {
  return {
    source: 'sentinelIncident',
    key: { kind: 'incident', value: '8c5a' },
    alertIds: [],
    title: 'Mass disable of accounts',
    severity: 'High',
    window: { from: '2026-11-20T14:30:00Z', to: '2026-11-20T14:37:00Z' },
    hints: [],
    targets: null,
    cause: 'unknown',
    labels: [],
    openedBy: null,
    note: null,
    references: {},
    ...over,
  };
}

type PolicyParts = { [K in keyof Policy]?: Partial<Policy[K]> };

/** The contract's defaults with nobody pinned. */
export function policy(over: PolicyParts = {}): Policy {
  const base: Policy = {
    people: { operators: [], approvers: [], commanders: [], breakGlassApprovers: [] },
    approvals: {
      secondApproverAbove: 25,
      expireAfterMinutes: 240,
      remindEveryMinutes: 30,
      allowOutgoingWebhook: false,
    },
    protected: { breakGlassIds: [], neverTouchIds: [] },
    containment: {
      user: ['revokeSessions', 'disable'],
      servicePrincipal: ['disable'],
      maxPerHour: 3,
    },
    scope: {
      lookbackMinutes: 60,
      settleMinutes: 15,
      maxSweeps: 4,
      reportQuota: { requests: 5, perSeconds: 10 },
    },
    plan: { includeCreated: false, includeMixed: 'surgical' },
    execution: {
      writeQuota: { requests: 3000, perSeconds: 150 },
      policyQuota: { requests: 1, perSeconds: 1 },
      executor: 'auto',
      canary: [1, 25],
      writeBudget: 0.8,
      notBefore: null,
      notAfter: null,
      reapproveAboveDriftPercent: 1,
    },
    timing: { pollSeconds: { first: 5, max: 300 } },
    verification: { readBackMinutes: 10, watchMinutes: 30, signInSample: 10 },
    alerts: { actionGroupRules: [] },
    teams: { serviceHosts: ['smba.trafficmanager.net'] },
    drift: { schedule: '0 0 6 * * 1', changeLog: null },
  };
  const merged: Record<string, unknown> = { ...base };
  for (const [part, value] of Object.entries(over))
    merged[part] = { ...base[part as keyof Policy], ...value };
  return merged as unknown as Policy;
}

/** A GUID that is easy to tell apart in a failure. */
export const guid = (n: number): string =>
  `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
