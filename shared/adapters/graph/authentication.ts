import type { TokenCredential } from '@azure/identity';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { RewindError } from '../../errors.js';
import { AttemptFailed } from './transport.js';

/** No token, or one that the service does not take: nothing was asked of it. */
export class TokenRefused extends AttemptFailed {
  constructor(message: string) {
    super(message, false);
  }
}

/**
 * A fresh token for every attempt (the credential caches), for the configured origin and no other
 * (I15). A 401 with a claims challenge is answered once with a token that carries the claims (CAE, graph
 * fact sheet B.4); any other 401 once with a newly asked token. What remains 401 is a fault, not a
 * refusal: the request itself was never looked at.
 */
export class Authentication implements Middleware {
  readonly #credential: TokenCredential;
  readonly #origin: string;
  readonly #scope: string;
  #next: Middleware | undefined;

  constructor(credential: TokenCredential, origin: string) {
    this.#credential = credential;
    this.#origin = origin;
    this.#scope = `${origin}/.default`;
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const url = new URL(String(context.request));
    if (url.origin !== this.#origin || url.protocol !== 'https:') {
      throw new RewindError(
        'INVARIANT_BROKEN',
        `Our Graph token was about to be sent to ${url.origin}, which is not the configured service.`,
      );
    }
    const first = await this.#attempt(context, undefined);
    if (first?.status !== 401) return;
    const second = await this.#attempt(context, claimsOf(first.headers.get('www-authenticate')));
    if (second?.status === 401) {
      throw new TokenRefused('Graph does not accept the token of our identity (401).');
    }
  }

  async #attempt(context: Context, claims: string | undefined): Promise<Response | undefined> {
    const token = await this.#token(claims);
    const headers = { ...(context.options?.headers as Record<string, string>) };
    headers['Authorization'] = `Bearer ${token}`;
    context.options = { ...context.options, headers };
    await this.#next?.execute(context);
    return context.response;
  }

  async #token(claims: string | undefined): Promise<string> {
    try {
      const token = await this.#credential.getToken(
        this.#scope,
        claims === undefined ? {} : { claims, enableCae: true },
      );
      if (token !== null) return token.token;
    } catch (error) {
      throw new TokenRefused(`No token for Graph: ${nameOf(error)}.`);
    }
    throw new TokenRefused('No token for Graph: the credential gave none.');
  }
}

/** The claims of a challenge, decoded; undefined when there is none. */
export function claimsOf(challenge: string | null): string | undefined {
  if (challenge === null || !/insufficient_claims/i.test(challenge)) return undefined;
  const encoded = /\bclaims="([A-Za-z0-9+/=_-]+)"/i.exec(challenge)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** The kind of failure only: messages of token libraries may quote what they sent. */
function nameOf(error: unknown): string {
  const { name } = (error ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : 'unknown error';
}
