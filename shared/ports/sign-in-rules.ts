import type { PolicyDocument, SignInFacts } from '../domain/plan/sign-in-model.js';

/** What decides who can sign in, as the tenant has it now. */
export interface SignInRules {
  /** All Conditional Access policies, live and in their recycle bin. Throws GRAPH_REJECTED without the right. */
  readConditionalAccess(): Promise<{
    readonly policies: readonly PolicyDocument[];
    readonly deleted: readonly PolicyDocument[];
    /** Application id of our own API. */
    readonly ownAppId: string;
  }>;
  /** For each id: the account with the groups and directory roles it has, through groups too. */
  readSignInFacts(userIds: readonly string[]): Promise<readonly SignInFacts[]>;
}
