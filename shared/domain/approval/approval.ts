import type { Person } from '../identities.js';

export type ApprovalRole = 'operator' | 'approver';

export interface GivenApproval {
  readonly by: Person;
  readonly countedAs: ApprovalRole;
  readonly at: string;
  readonly via: 'teams' | 'http';
}

/** What a person is asked to decide on, fixed when the approval is requested. */
export interface ApprovalRequest {
  readonly planDigest: string;
  readonly planVersion: number;
  /** Objects with at least one action: above the policy's threshold a second approver is required. */
  readonly objects: number;
  readonly requestedAt: string;
  /** After this instant nothing counts any more. */
  readonly expiresAt: string;
  readonly required: readonly ApprovalRole[];
  /** People who named the actor, opened by hand or revised any version of this plan. */
  readonly diagnosticians: readonly Person[];
  /** Object ids of all actors of the incident. */
  readonly actorIds: readonly string[];
  /** Lines without which an approval does not count, e.g. `lockout`; over HTTP only. */
  readonly requiredLines?: readonly ApprovalLine[];
  /** Belongs to one card and plan version. */
  readonly nonce: string;
}

/** Parts of a plan that need a word of their own from every required person (contract section 3). */
export const approvalLines = ['created', 'softDelete', 'policies', 'lockout'] as const;
export type ApprovalLine = (typeof approvalLines)[number];

/** Planned objects by the line that they need; lines that no object needs are not named. */
export interface LineCount {
  readonly line: ApprovalLine;
  readonly objects: number;
}

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly by: Person;
  /** As this person was told then; somebody in both lists may count for the other role later. */
  readonly countedAs: ApprovalRole;
  readonly at: string;
  readonly via: 'teams' | 'http';
  readonly planDigest: string;
  readonly comment: string | null;
  /** Lines approved by name; absent when none was. */
  readonly lines?: readonly ApprovalLine[];
  /** Proof of identity: issuer, token id hash, time of issue and client, never the token. */
  readonly proof: {
    readonly issuer: string;
    readonly tokenIdHash: string;
    readonly issuedAt?: string | null;
    readonly clientId?: string;
  };
  /** Result of reading the person's app role when the door carries none (Teams); null when not needed. */
  readonly roleCheck: 'confirmed' | 'missing' | 'unreadable' | null;
}

/** `approvals.json`: every approval asked for and every decision counted, nothing ever removed. */
export interface Ledger {
  readonly version: number;
  readonly requests: readonly ApprovalRequest[];
  readonly decisions: readonly Decision[];
  /** Object ids of pinned people who were found unable to act (disabled, damaged, blocked). */
  readonly unable?: readonly string[];
  /** Those of `unable` who are disabled or not in the directory: approvals of theirs do not count. */
  readonly gone?: readonly string[];
  /** Attempts that were refused, newest last, at most 200 kept. */
  readonly refusals: readonly {
    readonly by: Person;
    readonly at: string;
    readonly code: string;
    readonly via: 'teams' | 'http';
  }[];
}

export const emptyLedger: Ledger = { version: 0, requests: [], decisions: [], refusals: [] };
