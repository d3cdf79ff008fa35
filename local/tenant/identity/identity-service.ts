import { json, type Service, type TenantResponse } from '../exchange.js';
import { AuthorityRefusal, refusalResponse } from './errors.js';
import { keySetOf, type KeyRing } from './key-ring.js';
import { answerDeviceCode, answerToken, type TokenEndpointWorld } from './token-endpoint.js';

export interface IdentityServiceWorld extends TokenEndpointWorld {
  readonly keys: KeyRing;
  /** A second tenant of the same cloud: its tokens are signed with the same keys (fact sheet B.3). */
  readonly foreignTenantId: string;
}

/** The authority: metadata, keys, token and device code endpoints below `/{tenant}/`. */
export function createIdentityService(world: IdentityServiceWorld): Service {
  return async (request) => {
    const [, tenant = '', ...rest] = request.url.pathname.split('/');
    const path = rest.join('/');
    const route = `${request.method} ${path}`;
    if (route === 'GET discovery/instance' && tenant === 'common') return instances(world);
    if (!isServed(world, tenant)) return unknownTenant(world, tenant);
    switch (route) {
      case 'GET v2.0/.well-known/openid-configuration':
        return metadata(world, tenant, '2.0');
      case 'GET .well-known/openid-configuration':
        return metadata(world, tenant, '1.0');
      case 'GET discovery/v2.0/keys':
      case 'GET discovery/keys':
        return json(200, keySetOf(world.keys.all()), dayCache);
      case 'GET oauth2/deviceauth':
        return devicePage();
      default:
        break;
    }
    if (tenant === world.foreignTenantId) return unknownTenant(world, tenant);
    if (route === 'POST oauth2/v2.0/token') return answerToken(world, request);
    if (route === 'POST oauth2/v2.0/devicecode') return answerDeviceCode(world, request);
    return json(404, { error: 'not_found' });
  };
}

const dayCache = { 'cache-control': 'max-age=86400, private' };
const shared = ['common', 'organizations'];

function isServed(world: IdentityServiceWorld, tenant: string): boolean {
  return [world.tenantId, world.foreignTenantId, ...shared].includes(tenant);
}

function metadata(
  world: IdentityServiceWorld,
  tenant: string,
  version: '1.0' | '2.0',
): TenantResponse {
  const base = `${world.origin}/${tenant}`;
  const name = shared.includes(tenant) ? '{tenantid}' : tenant;
  const v2 = version === '2.0';
  return json(
    200,
    {
      token_endpoint: `${base}/oauth2/${v2 ? 'v2.0/' : ''}token`,
      token_endpoint_auth_methods_supported: [
        'client_secret_post',
        'private_key_jwt',
        'client_secret_basic',
      ],
      jwks_uri: `${base}/discovery/${v2 ? 'v2.0/' : ''}keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: v2 ? `${world.origin}/${name}/v2.0` : `https://sts.windows.net/${name}/`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'ver', 'oid', 'roles', 'azp'],
      tenant_region_scope: 'EU',
    },
    dayCache,
  );
}

function instances(world: IdentityServiceWorld): TenantResponse {
  const host = new URL(world.origin).host;
  return json(200, {
    tenant_discovery_endpoint: `${world.origin}/${world.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}

/** People of the simulated tenant have no browser session; the control server enters codes for them. */
function devicePage(): TenantResponse {
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'Enter the code on the control server: POST /device {"userCode": "...", "person": "..."}\n',
  };
}

function unknownTenant(world: IdentityServiceWorld, tenant: string): TenantResponse {
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`;
  return refusalResponse(
    new AuthorityRefusal(400, 'invalid_tenant', 90002, message),
    world.clock.now(),
    world.nextId(),
  );
}
