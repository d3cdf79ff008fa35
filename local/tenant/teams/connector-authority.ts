import { SignJWT } from 'jose';
import { json, type Service, type TenantClock } from '../exchange.js';
import {
  createKeyRing,
  createSigningKey,
  keySetOf,
  type KeyRing,
  type SigningKey,
} from '../identity/key-ring.js';
import type { Team } from './team.js';

export const teamsEndorsements = { endorsements: ['msteams', 'skype'] };

export const connectorIssuer = 'https://api.botframework.com';

/** What the connector signs with, genuine and not good enough. */
export interface ConnectorKeys {
  /** Keys endorsed for `msteams`. */
  readonly keys: KeyRing;
  /** Published, genuine, but endorsed for another channel only. */
  readonly otherChannelKey: SigningKey;
  /** Published without any `endorsements` member. */
  readonly unendorsedKey: SigningKey;
}

/** The authority behind the Bot Connector's inbound calls (inbound fact sheet C.3). */
export interface ConnectorAuthority extends ConnectorKeys {
  /** Claims of a genuine token for the bot, valid for one hour. */
  claims(): Record<string, unknown>;
  sign(claims: Record<string, unknown>, key?: SigningKey): Promise<string>;
  /** Metadata and keys below `/botframework/v1/.well-known/`. */
  readonly service: Service;
}

/** Fresh keys of every kind; all are published. */
export function createConnectorKeys(): ConnectorKeys {
  return {
    keys: createKeyRing(teamsEndorsements),
    otherChannelKey: createSigningKey({ endorsements: ['webchat', 'directline'] }),
    unendorsedKey: createSigningKey(),
  };
}

/** A connector authority, with fresh keys unless some are given. */
export function createConnectorAuthority(world: {
  readonly origin: string;
  readonly team: Team;
  readonly clock: TenantClock;
  readonly keys?: ConnectorKeys;
}): ConnectorAuthority {
  const { keys, otherChannelKey, unendorsedKey } = world.keys ?? createConnectorKeys();
  const base = `${world.origin}/botframework/v1/.well-known`;

  return {
    keys,
    otherChannelKey,
    unendorsedKey,
    claims() {
      const issuedAt = Math.floor(world.clock.now() / 1000);
      return {
        serviceurl: world.team.serviceUrl,
        nbf: issuedAt,
        exp: issuedAt + 3600,
        iss: connectorIssuer,
        aud: world.team.botAppId,
      };
    },
    sign: (claims, key = keys.current()) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
        .sign(key.privateKey),
    service: async (request) => {
      const route = `${request.method} ${request.url.origin}${request.url.pathname}`;
      if (route === `GET ${base}/openidconfiguration`) {
        return json(200, {
          issuer: connectorIssuer,
          authorization_endpoint: 'https://invalid.botframework.com',
          jwks_uri: `${base}/keys`,
          id_token_signing_alg_values_supported: ['RS256'],
          token_endpoint_auth_methods_supported: ['private_key_jwt'],
        });
      }
      if (route === `GET ${base}/keys`) {
        return json(200, keySetOf([...keys.all(), otherChannelKey, unendorsedKey]));
      }
      return json(404, { message: 'Not found.' });
    },
  };
}
