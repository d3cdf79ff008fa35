import { json, type TenantResponse } from '../exchange.js';

/** A refusal of the authority with its AADSTS number. */
export class AuthorityRefusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly aadsts: number;
  /** Members of the body that only some refusals have. */
  readonly extra: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: string,
    aadsts: number,
    message: string,
    extra: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'AuthorityRefusal';
    this.status = status;
    this.error = error;
    this.aadsts = aadsts;
    this.extra = extra;
  }
}

export const refusals = {
  userDisabled: () =>
    new AuthorityRefusal(400, 'invalid_grant', 50057, 'The user account is disabled.'),
  userUnknown: () =>
    new AuthorityRefusal(400, 'invalid_grant', 50034, 'The user account does not exist.'),
  sessionRevoked: () =>
    new AuthorityRefusal(
      400,
      'invalid_grant',
      50173,
      'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    ),
  blockedByPolicy: () =>
    new AuthorityRefusal(
      400,
      'invalid_grant',
      53003,
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    ),
  grantMalformed: () =>
    new AuthorityRefusal(400, 'invalid_grant', 9002313, 'The grant is malformed or unknown.'),
  clientUnknown: (clientId: string) =>
    new AuthorityRefusal(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory.`,
    ),
  clientDisabled: (clientId: string) =>
    new AuthorityRefusal(
      400,
      'unauthorized_client',
      7000112,
      `Application '${clientId}' is disabled.`,
    ),
  clientSecretInvalid: () =>
    new AuthorityRefusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.'),
  clientCredentialMissing: () =>
    new AuthorityRefusal(
      401,
      'invalid_client',
      7000218,
      "The request body must contain 'client_assertion' or 'client_secret'.",
    ),
  clientAssertionInvalid: () =>
    new AuthorityRefusal(
      401,
      'invalid_client',
      700211,
      'No matching federated identity record found for the presented assertion.',
    ),
  resourceUnknown: (resource: string) =>
    new AuthorityRefusal(
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${resource} was not found in the tenant.`,
    ),
  scopeInvalid: (scope: string) =>
    new AuthorityRefusal(400, 'invalid_scope', 70011, `The scope ${scope} is not valid.`),
  consentMissing: () =>
    new AuthorityRefusal(
      400,
      'invalid_grant',
      65001,
      'The user or administrator has not consented to use the application.',
      { suberror: 'consent_required' },
    ),
  /** The user has to sign in once more, with these claims. */
  stepUpNeeded: (claims: string) =>
    new AuthorityRefusal(
      400,
      'interaction_required',
      50076,
      'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.',
      { suberror: 'basic_action', claims },
    ),
  userAssertionInvalid: () =>
    new AuthorityRefusal(400, 'invalid_grant', 50013, 'Assertion failed signature validation.'),
  userAssertionExpired: () =>
    new AuthorityRefusal(
      400,
      'invalid_grant',
      500133,
      'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.',
    ),
  userAssertionForOther: () =>
    new AuthorityRefusal(
      400,
      'invalid_grant',
      500131,
      'Assertion audience does not match the Client app presenting the assertion. The audience in the assertion must match the app that is doing the token exchange.',
    ),
  userAssertionWithoutUser: (clientId: string) =>
    new AuthorityRefusal(
      400,
      'invalid_grant',
      7000114,
      `Application '${clientId}' is not allowed to make application on-behalf-of calls.`,
    ),
  grantUnsupported: (grant: string) =>
    new AuthorityRefusal(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${grant}'.`,
    ),
  parameterMissing: (name: string) =>
    new AuthorityRefusal(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: '${name}'.`,
    ),
  parameterInvalid: (name: string) =>
    new AuthorityRefusal(
      400,
      'invalid_request',
      90014,
      `The value of the parameter '${name}' is not supported.`,
    ),
  devicePending: () =>
    new AuthorityRefusal(
      400,
      'authorization_pending',
      70016,
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    ),
  deviceDeclined: () =>
    new AuthorityRefusal(400, 'authorization_declined', 70018, 'The sign-in was declined.'),
  deviceExpired: () =>
    new AuthorityRefusal(400, 'expired_token', 70019, 'The verification code expired.'),
} as const;

/** The body Entra gives a refusal; `now` in milliseconds. */
export function refusalResponse(
  refusal: AuthorityRefusal,
  now: number,
  traceId: string,
): TenantResponse {
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return json(
    refusal.status,
    {
      error: refusal.error,
      error_description: `AADSTS${refusal.aadsts}: ${refusal.message} Trace ID: ${traceId} Timestamp: ${timestamp}`,
      error_codes: [refusal.aadsts],
      timestamp,
      trace_id: traceId,
      correlation_id: traceId,
      ...refusal.extra,
    },
    { 'cache-control': 'no-store' },
  );
}
