import type { Policy } from '../domain/policy.js';

export interface PolicyInForce {
  readonly policy: Policy;
  /** `sha256:` + hex of the RFC 8785 text. */
  readonly digest: string;
  /** Set when the newest text does not parse and the last good one is still in force. */
  readonly warning: string | null;
}

export interface PolicySource {
  /** Looks at the source again when the last look is older than a minute, or when `fresh`. */
  current(options?: { readonly fresh?: boolean }): Promise<PolicyInForce>;
}
