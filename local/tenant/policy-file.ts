import type { PersonName, WorldIds } from './scenarios/world.js';

export interface PolicyWorld {
  readonly people: WorldIds['people'];
  /** Every wait on a service and every quota window is divided by it. */
  readonly speed: number;
  /** `host:port` where approval cards are posted. */
  readonly serviceHost: string;
  /** ARM ids of alert rules whose action group may call. */
  readonly alertRules: readonly string[];
}

/** An approval that a person gives by hand needs time at any speed. */
const shortestApprovalMinutes = 10;

/**
 * The policy of the simulated tenant (contract section 4): its people pinned, every wait scaled by
 * the tenant's speed. Past events are not scaled, so neither is the look-back.
 */
export function createPolicy(world: PolicyWorld): Record<string, unknown> {
  const scaled = (value: number) => value / world.speed;
  const pinned = (...names: PersonName[]) =>
    names.map((name) => ({
      objectId: world.people[name].id,
      name: world.people[name].displayName,
    }));
  return {
    people: {
      operators: pinned('operator'),
      approvers: pinned('approver'),
      commanders: pinned('commander'),
      breakGlassApprovers: pinned('breakGlass1', 'breakGlass2'),
    },
    approvals: {
      secondApproverAbove: 25,
      expireAfterMinutes: Math.max(shortestApprovalMinutes, scaled(240)),
      remindEveryMinutes: scaled(30),
      allowOutgoingWebhook: false,
    },
    protected: {
      breakGlassIds: [world.people.breakGlass1.id, world.people.breakGlass2.id],
      neverTouchIds: [],
    },
    containment: {
      user: ['revokeSessions', 'disable'],
      servicePrincipal: ['disable'],
      maxPerHour: 3,
    },
    scope: {
      lookbackMinutes: 60,
      settleMinutes: scaled(15),
      maxSweeps: 4,
      reportQuota: { requests: 5, perSeconds: scaled(10) },
    },
    execution: {
      executor: 'auto',
      canary: [1, 25],
      writeBudget: 0.8,
      reapproveAboveDriftPercent: 1,
      writeQuota: { requests: 3000, perSeconds: scaled(150) },
      policyQuota: { requests: 1, perSeconds: scaled(1) },
    },
    timing: { pollSeconds: { first: scaled(5), max: scaled(300) } },
    verification: {
      readBackMinutes: scaled(10),
      watchMinutes: scaled(30),
      signInSample: 10,
    },
    plan: { includeCreated: false, includeMixed: 'surgical' },
    alerts: { actionGroupRules: world.alertRules },
    teams: { serviceHosts: [world.serviceHost] },
  };
}
