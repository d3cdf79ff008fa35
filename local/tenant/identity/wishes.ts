import { refusals } from './errors.js';

const openIdScopes = new Set(['openid', 'profile', 'email', 'offline_access']);

/**
 * Splits an OAuth `scope` text into the one resource it names and the permissions asked of it;
 * the OpenID scopes are taken for granted. Throws `AuthorityRefusal` for none or several resources.
 */
export function parseScope(scope: string): {
  readonly resource: string;
  readonly scopes: readonly string[];
} {
  const parts = scope.split(/\s+/).filter((part) => part !== '' && !openIdScopes.has(part));
  const resources = new Set(parts.map((part) => part.slice(0, Math.max(0, part.lastIndexOf('/')))));
  const [resource] = resources;
  if (resource === undefined || resource === '' || resources.size > 1) {
    throw refusals.scopeInvalid(scope);
  }
  return { resource, scopes: parts.map((part) => part.slice(part.lastIndexOf('/') + 1)) };
}

/** Authentication contexts that a `claims` text asks for, as a claims challenge names them. */
export function contextsAsked(claims: string | null): readonly string[] {
  try {
    const parsed = JSON.parse(claims ?? '{}') as {
      access_token?: { acrs?: { value?: unknown; values?: unknown } };
    };
    const { value, values } = parsed.access_token?.acrs ?? {};
    const asked = Array.isArray(values) ? (values as unknown[]) : [value];
    return asked.filter((one): one is string => typeof one === 'string');
  } catch {
    return [];
  }
}

/** The challenge that `contextsAsked` reads. */
export function challengeFor(context: string): string {
  return JSON.stringify({ access_token: { acrs: { essential: true, value: context } } });
}

/** Whether the `claims` parameter declares that the client answers claims challenges. */
export function wantsCae(form: URLSearchParams): boolean {
  try {
    const claims = JSON.parse(form.get('claims') ?? '{}') as {
      access_token?: { xms_cc?: { values?: unknown } };
    };
    const values = claims.access_token?.xms_cc?.values;
    return Array.isArray(values) && values.includes('cp1');
  } catch {
    return false;
  }
}
