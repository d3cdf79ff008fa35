import type { Person } from './identities.js';

/** A named person of the policy: a pinned object id (contract section 4). */
export interface PinnedPerson {
  readonly objectId: string;
  readonly name: string;
}

export type ContainUser =
  'revokeSessions' | 'disable' | 'confirmCompromised' | 'removeDirectoryRoles';
export type ContainServicePrincipal =
  | 'disable'
  | 'confirmCompromised'
  | 'removeCredentials'
  | 'removeAppRoles'
  | 'removeDirectoryRoles';

export interface Quota {
  readonly requests: number;
  readonly perSeconds: number;
}

/** The policy document with every default filled in (contract section 4). Minutes may be fractions. */
export interface Policy {
  readonly people: {
    readonly operators: readonly PinnedPerson[];
    readonly approvers: readonly PinnedPerson[];
    readonly commanders: readonly PinnedPerson[];
    readonly breakGlassApprovers: readonly PinnedPerson[];
  };
  readonly approvals: {
    readonly secondApproverAbove: number;
    readonly expireAfterMinutes: number;
    readonly remindEveryMinutes: number;
    readonly allowOutgoingWebhook: boolean;
  };
  readonly protected: {
    readonly breakGlassIds: readonly string[];
    readonly neverTouchIds: readonly string[];
  };
  readonly containment: {
    readonly user: readonly ContainUser[];
    readonly servicePrincipal: readonly ContainServicePrincipal[];
    readonly maxPerHour: number;
  };
  readonly scope: {
    readonly lookbackMinutes: number;
    readonly settleMinutes: number;
    readonly maxSweeps: number;
    /** For the audit and sign-in reports of Graph, which a tenant without a workspace is read by. */
    readonly reportQuota: Quota;
  };
  readonly plan: {
    readonly includeCreated: boolean;
    readonly includeMixed: 'surgical' | 'skip';
  };
  readonly execution: {
    readonly writeQuota: Quota;
    readonly policyQuota: Quota;
    readonly executor: 'auto' | 'surgical' | 'native' | 'handOff';
    readonly canary: readonly number[];
    readonly writeBudget: number;
    readonly notBefore: string | null;
    readonly notAfter: string | null;
    readonly reapproveAboveDriftPercent: number;
  };
  readonly timing: { readonly pollSeconds: { readonly first: number; readonly max: number } };
  readonly verification: {
    readonly readBackMinutes: number;
    readonly watchMinutes: number;
    readonly signInSample: number;
  };
  readonly alerts: { readonly actionGroupRules: readonly string[] };
  readonly teams: { readonly serviceHosts: readonly string[] };
  readonly drift: { readonly schedule: string; readonly changeLog: string | null };
}

/** The policy as it binds an open incident. */
export interface PolicyInForce extends Policy {
  /**
   * The policy of then or of now pins commanders. Only those whom both name command; when that is nobody,
   * nobody does: a list that was emptied or exchanged opens nothing to a mere token role.
   */
  readonly commandersPinned: boolean;
}

/**
 * What lets somebody with the token's role command an open incident (cancel, hold, resume, name actors,
 * undo): the `pin` on one of these lists, or the `role` alone where no policy pins commanders; null when
 * nothing does.
 */
export function mayCommand(
  policy: PolicyInForce,
  personId: string,
  lists: readonly ('commanders' | 'operators')[],
): 'pin' | 'role' | null {
  if (!policy.commandersPinned) return 'role';
  return lists.some((list) => isPinned(policy.people[list], personId)) ? 'pin' : null;
}

/** Whether one of these pins is this person's; object ids are the same in any case of their letters. */
export function isPinned(pins: readonly PinnedPerson[], personId: string): boolean {
  const id = personId.toLowerCase();
  return pins.some(({ objectId }) => objectId.toLowerCase() === id);
}

/** Everybody whom the policy pins for anything, object ids in lower case. */
export function pinnedIds({ people }: Policy): ReadonlySet<string> {
  const { operators, approvers, commanders, breakGlassApprovers } = people;
  const all = [...operators, ...approvers, ...commanders, ...breakGlassApprovers];
  return new Set(all.map(({ objectId }) => objectId.toLowerCase()));
}

/** True when the id may never be contained nor written. */
export function isProtected(policy: Policy, objectId: string): boolean {
  const id = objectId.toLowerCase();
  return [...policy.protected.breakGlassIds, ...policy.protected.neverTouchIds].some(
    (protectedId) => protectedId.toLowerCase() === id,
  );
}

/**
 * The policy an open incident obeys: the one it began with, except that for people and protected ids
 * the stricter of that and the current one holds (contract section 4, last paragraph).
 */
export function stricterOf(began: Policy, current: Policy): PolicyInForce {
  return {
    ...began,
    commandersPinned: [began, current].some(({ people }) => people.commanders.length > 0),
    people: {
      operators: inBoth(began.people.operators, current.people.operators),
      approvers: inBoth(began.people.approvers, current.people.approvers),
      commanders: inBoth(began.people.commanders, current.people.commanders),
      breakGlassApprovers: inBoth(
        began.people.breakGlassApprovers,
        current.people.breakGlassApprovers,
      ),
    },
    protected: {
      breakGlassIds: inEither(began.protected.breakGlassIds, current.protected.breakGlassIds),
      neverTouchIds: inEither(began.protected.neverTouchIds, current.protected.neverTouchIds),
    },
  };
}

export const asPerson = (pinned: PinnedPerson): Person => ({
  id: pinned.objectId,
  name: pinned.name,
});

function inBoth(began: readonly PinnedPerson[], current: readonly PinnedPerson[]): PinnedPerson[] {
  const now = new Set(current.map((person) => person.objectId.toLowerCase()));
  return began.filter((person) => now.has(person.objectId.toLowerCase()));
}

const inEither = (began: readonly string[], current: readonly string[]): string[] => [
  ...new Set([...began, ...current].map((id) => id.toLowerCase())),
];
