import type { ApprovalLine } from '../../domain/approval/approval.js';
import type { PlanStage, DeltaClass } from '../../domain/plan/plan.js';
import type { Incident, Outcome, StepName } from '../../domain/incident/incident.js';

/** What each class of the attribution means and what the plan does with it (safety design, Attribution). */
export const classMeanings: Readonly<Record<DeltaClass, readonly [string, string]>> = {
  actorOnly: ['The actor is the last and only writer of this property', 'put back'],
  mixed: ['Others changed the object or the property too', "only the actor's part is put back"],
  otherOnly: ['Changed, but not by the actor', 'left alone'],
  unexplained: ['Changed, and no audit event says by whom', 'left alone, needs a look'],
  created: [
    'Created by the actor since the recovery point',
    'left, unless approved by its own line',
  ],
  restoredSince: [
    'Brought back from the recycle bin by the actor',
    'left, unless approved by its own line',
  ],
  lost: ['Deleted for good: no service can bring it back', 're-create by hand'],
  synced: ['Mastered on-premises', 'for the directory team'],
  unsupported: ['Outside what any executor can write, or its old value is unknown', 'by hand'],
};

/** The order of execution, in words. */
export const stageWords: Readonly<Record<PlanStage, string>> = {
  canary: 'canary: few ordinary objects, read back before anything else is written',
  pinned: 'people of the policy, and what they hang on',
  controlPlane: 'policies and settings: who may sign in',
  properties: 'properties of objects of any kind, by jobs of the service',
  applications: 'applications',
  servicePrincipals: 'service principals, after their applications',
  users: 'users',
  devices: 'devices and others',
  groups: 'groups',
  memberships: 'memberships and assignments, once both ends exist',
};

/** What each line of an approval lets through. */
export const lineWords: Readonly<Record<ApprovalLine, string>> = {
  created: 'soft-delete what the actor created',
  softDelete: 'soft-delete what was restored',
  policies: 'write policies, named locations and tenant settings',
  lockout: 'go on although the lock-out forecast fails',
};

export const stepTitles: Readonly<Record<StepName, string>> = {
  contain: 'Contain the actor',
  scope: 'Scope the damage',
  chooseRecoveryPoint: 'Choose a recovery point',
  preview: 'Preview the recovery',
  approve: 'Obtain approval',
  execute: 'Execute the plan',
  verify: 'Verify the recovery',
};

const outcomeWords: Readonly<Record<Outcome, readonly [string, 'good' | 'warn' | 'bad']>> = {
  recovered: ['Recovered: every planned change was read back as planned.', 'good'],
  partiallyRecovered: [
    'Partially recovered: some planned changes were skipped, failed or do not read back.',
    'warn',
  ],
  nothingToRecover: ['Nothing to recover: the plan is empty.', 'good'],
  rejected: ['Rejected: a person who counts refused the plan. Nothing was written.', 'warn'],
  expired: ['Expired: no decision came in time. Nothing was executed.', 'warn'],
  cancelled: ['Cancelled by the commander. What was done before is counted below.', 'warn'],
  failed: ['Failed: no planned change reads back as planned.', 'bad'],
};

export const outcomeOfIncident = ({ outcome }: Incident) =>
  outcome === null
    ? (['Still open: this report shows what is known so far.', 'warn'] as const)
    : outcomeWords[outcome];

/** What closes the gap that made this incident possible; people do it, with the evidence above. */
export function afterwards({ actors, cause }: Incident): string[] {
  const users = actors.some(({ kind }) => kind === 'user');
  const applications = actors.some(({ kind }) => kind === 'servicePrincipal');
  const always = [
    'Find how this many writes were possible: which role, which script, which approval was missing.',
    'Make roles with bulk write rights eligible only (PIM), with approval on activation and a short duration.',
    'Protect hard deletion with a protected action (Conditional Access authentication context) and take the right away from scripts.',
    'Compare what changed with the change log; enter what was legitimate and missing there.',
    'Tell the people concerned what happened, what was put back and what they have to do themselves.',
    'Rehearse this incident with the drill and enter what took too long or was unclear.',
  ];
  const forUsers = [
    'Require phishing-resistant MFA from a trusted device for administrators (Conditional Access).',
    'Decide on the release of the contained person with two people; reset password and authentication methods first.',
  ];
  const forApplications = [
    "Rotate every secret and certificate of the application and of its owners' pipelines; never store them in scripts.",
    'Reduce its permissions to what it uses; review consents given by it and to it.',
  ];
  const forAttacks = [
    'Search for what the actor prepared before the window: credentials, consents, policies, role assignments, forwarding rules.',
    'Keep sign-in and audit logs of the window beyond their retention.',
  ];
  return [
    ...always,
    ...(users ? forUsers : []),
    ...(applications ? forApplications : []),
    ...(cause === 'accidental' ? [] : forAttacks),
  ];
}
