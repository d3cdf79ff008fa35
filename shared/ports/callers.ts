/** Who a verified token speaks for. Nothing here comes from an unverified claim. */
export type Caller =
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly name: string;
      /** The client application that got the token for them. */
      readonly clientId: string;
      readonly roles: readonly string[];
      readonly proof: TokenProof;
    }
  | {
      readonly kind: 'application';
      /** Object id of the service principal. */
      readonly id: string;
      readonly appId: string;
      readonly roles: readonly string[];
      readonly proof: TokenProof;
    };

/** What may be recorded of a token: never the token. */
export interface TokenProof {
  readonly issuer: string;
  /** SHA-256 of the token's `uti` or `jti`; of the whole token when it has neither. */
  readonly tokenIdHash: string;
  readonly issuedAt: string | null;
}

export interface CallerVerifier {
  /**
   * Verifies an Entra token for our API (inbound fact sheet B.3); null for anything else. Throws
   * IDENTITY_UNAVAILABLE when the signing keys cannot be had, so that the token is neither good nor bad.
   */
  verify(authorization: string | null): Promise<Caller | null>;
}

/** A Bot Connector request that passed every check which does not need the incident (fact sheet C.3, 1 to 7). */
export interface ConnectorVerifier {
  /** Null for any other request. Throws IDENTITY_UNAVAILABLE when the connector's keys cannot be had. */
  verify(
    authorization: string | null,
    activity: { readonly serviceUrl: string; readonly channelId: string },
  ): Promise<TokenProof | null>;
}

/** Knowledge of the secret of one outgoing webhook: every member of its team has as much. */
export interface WebhookProof {
  readonly keyId: string;
  readonly signatureHash: string;
}

export interface WebhookVerifier {
  /** Verifies the HMAC over the exact bytes (inbound fact sheet C.2); null for anything else. */
  verify(
    authorization: string | null,
    keyId: string | null,
    bytes: Uint8Array,
  ): WebhookProof | null;
}
