import { createRemoteJWKSet, customFetch, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { RewindError } from '../../errors.js';
import type { ConnectorVerifier } from '../../ports/callers.js';
import type { Clock } from '../../ports/clock.js';
import type { PolicySource } from '../../ports/policies.js';
import { bearerOf, keysUnavailable, proofOf, withOutageTold } from './caller-verifier.js';

export interface ConnectorTrust {
  readonly botAppId: string;
  /** Address of the Bot Connector's OpenID metadata; its keys carry `endorsements`. */
  readonly metadataUrl: string;
  readonly policies: PolicySource;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

/** The public Bot Connector and its US Government twin (inbound fact sheet C.3). */
const issuers = ['https://api.botframework.com', 'https://api.botframework.us'];
const signer = 'the Bot Connector';
const skewSeconds = 300;
const metadataMs = 24 * 3600_000;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

type KeySet = JWTVerifyGetKey & {
  jwks(): { keys: readonly Record<string, unknown>[] } | undefined;
};

/**
 * Verifies a Bot Connector request: checks 1 to 7 of inbound fact sheet C.3. Entra tokens are refused
 * whatever application they are for: with them anybody in the tenant could write the activity himself.
 * Throws IDENTITY_UNAVAILABLE when metadata or keys cannot be had, which lets nobody in.
 */
export function createConnectorVerifier(trust: ConnectorTrust): ConnectorVerifier {
  const { botAppId, metadataUrl, policies, clock, fetch: get = fetch } = trust;
  let known: { keys: KeySet; issuer: string; at: number } | null = null;

  return {
    async verify(authorization, activity) {
      const token = bearerOf(authorization);
      if (token === null) return null;
      // Other channels of the connector are endorsed by the same keys; people are pinned for Teams alone.
      if (activity.channelId !== 'msteams') return null;
      if (!(await isAllowedHost(activity.serviceUrl))) return null;
      try {
        const { keys, issuer } = await keySet().catch((error: unknown) => {
          throw keysUnavailable(signer, error);
        });
        const { payload, protectedHeader } = await jwtVerify(token, withOutageTold(keys, signer), {
          algorithms: ['RS256'],
          issuer,
          audience: botAppId,
          clockTolerance: skewSeconds,
          requiredClaims: ['exp', 'nbf', 'serviceurl'],
          currentDate: new Date(clock.now()),
        });
        const { kid } = protectedHeader;
        const key = kid === undefined ? undefined : published(keys, kid);
        const endorsements = key?.['endorsements'];
        const endorsed = Array.isArray(endorsements) && endorsements.includes(activity.channelId);
        const sameService = payload['serviceurl'] === activity.serviceUrl;
        return endorsed && sameService ? proofOf(payload, token) : null;
      } catch (error) {
        if (error instanceof RewindError) throw error;
        return null;
      }
    },
  };

  async function isAllowedHost(serviceUrl: string): Promise<boolean> {
    if (!URL.canParse(serviceUrl)) return false;
    const { protocol, host, hostname, username } = new URL(serviceUrl);
    const { policy } = await policies.current();
    const hosts = policy.teams.serviceHosts;
    return (
      protocol === 'https:' && username === '' && (hosts.includes(host) || hosts.includes(hostname))
    );
  }

  async function keySet(): Promise<{ keys: KeySet; issuer: string }> {
    if (known !== null && clock.now() - known.at < metadataMs) return known;
    const response = await get(metadataUrl, {
      redirect: 'error',
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new TypeError(`bot metadata was answered ${response.status}`);
    const parsed = metadata.safeParse(await response.json());
    if (!parsed.success || !issuers.includes(parsed.data.issuer)) {
      throw new TypeError('the bot metadata names no issuer of the Bot Connector');
    }
    const keys = createRemoteJWKSet(new URL(parsed.data.jwks_uri), {
      cooldownDuration: 30_000,
      cacheMaxAge: metadataMs,
      timeoutDuration: 5000,
      ...(trust.fetch && { [customFetch]: trust.fetch }),
    }) as unknown as KeySet;
    known = { keys, issuer: parsed.data.issuer, at: clock.now() };
    return known;
  }
}

/** The key as it was published, with the members that are not jose's business. */
const published = (keys: KeySet, kid: string): Record<string, unknown> | undefined =>
  keys.jwks()?.keys.find((one) => one['kid'] === kid);
