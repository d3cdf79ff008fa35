import type { CanSignIn } from './sign-in-model.js';

export type ResponderRole =
  'breakGlass' | 'breakGlassApprover' | 'operator' | 'approver' | 'commander';

/** One of the people who must be able to act, before and after the plan. */
export interface Forecast {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly ResponderRole[];
  readonly now: CanSignIn;
  readonly after: CanSignIn;
  /** What keeps them out after the plan, or might; null when nothing does. */
  readonly why: string | null;
  /** The plan puts the account itself back. */
  readonly damaged: boolean;
}

/** Who could still act once a plan is carried out. */
export interface LockoutForecast {
  readonly people: readonly Forecast[];
  /** Break-glass accounts that could sign in for certain after the plan. */
  readonly breakGlassAfter: number;
  /** The plan writes policies, and fewer than two of them could: it needs the line `lockout`. */
  readonly refused: boolean;
  /** Set when the tenant's rules could not be read: nothing is known then. */
  readonly unread: string | null;
}
