import type { TokenCredential } from '@azure/identity';
import type { Tenant } from '../../local/tenant/tenant.js';
import type { Clock } from '../../shared/ports/clock.js';

/** Where a tenant of this process says it is. */
export const origin = 'https://127.0.0.1:8443';

/** The platform's fetch, answered by the tenant in this process; a reset looks as undici shows it. */
export function fetchFrom(tenant: Tenant): typeof fetch {
  return async (input, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers ?? {}));
    try {
      const answer = await tenant.handle({
        method: init?.method ?? 'GET',
        url: new URL(input),
        headers,
        body: Buffer.from((init?.body ?? '') as string),
      });
      const body = answer.body === '' ? null : answer.body;
      return new Response(body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      if ((error as Error).name !== 'ConnectionReset') throw error;
      throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    }
  };
}

/** Our managed identity, from the tenant's own token endpoint. */
export function credentialOf(tenant: Tenant, clock: Pick<Clock, 'now'>): TokenCredential {
  return {
    async getToken(scopes) {
      const resource = String(scopes).replace(/\/\.default$/, '');
      const query = new URLSearchParams({
        'api-version': '2019-08-01',
        resource,
        client_id: tenant.world.ids.ourAppId,
      });
      const answer = await tenant.control({
        method: 'GET',
        url: new URL(`http://127.0.0.1:1/msi/token?${query.toString()}`),
        headers: {
          'x-identity-header': tenant.identity.managedIdentityHeader,
          host: '127.0.0.1:1',
        },
        body: Buffer.alloc(0),
      });
      if (answer.status !== 200) throw new Error(`token endpoint ${answer.status}`);
      const { access_token: token } = JSON.parse(answer.body) as { access_token: string };
      return { token, expiresOnTimestamp: clock.now() + 3_600_000 };
    },
  };
}
