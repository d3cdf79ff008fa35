import { json, type TenantRequest, type TenantResponse } from '../exchange.js';
import { authenticateClient, type ClientAuthenticationWorld } from './client-authentication.js';
import { AuthorityRefusal, refusalResponse, refusals } from './errors.js';
import type { IssuedToken, Issuer } from './issuer.js';
import type { Principals } from './principals.js';
import type { SignIn, SignIns } from './sign-ins.js';
import {
  checkOperatorPlane,
  onBehalfOfGrant,
  readUserAssertion,
  type OperatorPlaneSettings,
} from './on-behalf-of.js';
import { challengeFor, contextsAsked, parseScope, wantsCae } from './wishes.js';

export interface TokenEndpointWorld extends ClientAuthenticationWorld {
  readonly issuer: Issuer;
  readonly principals: Principals;
  readonly signIns: SignIns;
  readonly operatorPlane: OperatorPlaneSettings;
  readonly nextId: () => string;
  /** How long a device waits between two polls. */
  readonly devicePollSeconds: number;
}

/** The registered name, and the short one that MSAL sends; Entra takes both. */
const deviceGrants = ['urn:ietf:params:oauth:grant-type:device_code', 'device_code'];

/** `POST /{tenant}/oauth2/v2.0/token`: client credentials, device code, on-behalf-of, refresh. */
export async function answerToken(
  world: TokenEndpointWorld,
  request: TenantRequest,
): Promise<TenantResponse> {
  try {
    const form = new URLSearchParams(request.body.toString('utf8'));
    return json(200, await grant(world, form), { 'cache-control': 'no-store', pragma: 'no-cache' });
  } catch (error) {
    if (error instanceof AuthorityRefusal) {
      return refusalResponse(error, world.clock.now(), world.nextId());
    }
    throw error;
  }
}

/** `POST /{tenant}/oauth2/v2.0/devicecode`. */
export function answerDeviceCode(
  world: TokenEndpointWorld,
  request: TenantRequest,
): TenantResponse {
  try {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const clientId = knownClient(world, form);
    const contexts = contextsAsked(form.get('claims'));
    const device = world.signIns.startDevice(clientId, required(form, 'scope'), contexts);
    const page = `${world.origin}/common/oauth2/deviceauth`;
    return json(200, {
      user_code: device.userCode,
      device_code: device.deviceCode,
      verification_uri: page,
      expires_in: Math.round((device.expiresAt - world.clock.now()) / 1000),
      interval: world.devicePollSeconds,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${device.userCode} to authenticate.`,
    });
  } catch (error) {
    if (error instanceof AuthorityRefusal) {
      return refusalResponse(error, world.clock.now(), world.nextId());
    }
    throw error;
  }
}

async function grant(world: TokenEndpointWorld, form: URLSearchParams): Promise<unknown> {
  const type = required(form, 'grant_type');
  if (type === 'client_credentials') return clientCredentials(world, form);
  if (deviceGrants.includes(type)) return deviceCode(world, form);
  if (type === 'refresh_token') return refresh(world, form);
  if (type === onBehalfOfGrant) return onBehalfOf(world, form);
  throw refusals.grantUnsupported(type);
}

async function clientCredentials(world: TokenEndpointWorld, form: URLSearchParams) {
  const client = knownClient(world, form);
  const scope = required(form, 'scope');
  await authenticateClient(world, form);
  const wish = parseScope(scope);
  // Without a user only what an administrator granted can be asked for.
  if (wish.scopes.length !== 1 || wish.scopes[0] !== '.default') throw refusals.scopeInvalid(scope);
  const issued = await world.issuer.toApp({
    client,
    resource: wish.resource,
    caeCapable: wantsCae(form),
  });
  return { token_type: 'Bearer', ...expiry(issued), access_token: issued.accessToken };
}

async function deviceCode(world: TokenEndpointWorld, form: URLSearchParams) {
  const clientId = knownClient(world, form);
  const device = world.signIns.finishDevice(required(form, 'device_code'), clientId);
  return delegated(world, form, {
    ...parseScope(device.scope),
    userId: device.userId,
    clientId,
    signedInAt: world.clock.now(),
    caeCapable: wantsCae(form),
    contexts: [...new Set([...device.contexts, ...contextsAsked(form.get('claims'))])],
    confidential: false,
  });
}

/** The user's token for this client is exchanged for one to the next service. */
async function onBehalfOf(world: TokenEndpointWorld, form: URLSearchParams) {
  const client = knownClient(world, form);
  const { scopes, resource } = parseScope(required(form, 'scope'));
  if (required(form, 'requested_token_use') !== 'on_behalf_of') {
    throw refusals.parameterInvalid('requested_token_use');
  }
  const assertion = required(form, 'assertion');
  await authenticateClient(world, form);
  const user = await readUserAssertion(world, assertion, client);
  checkOperatorPlane(world.operatorPlane, user.contexts);
  const signIn = { ...user, clientId: client, resource, scopes, caeCapable: wantsCae(form) };
  return delegated(world, form, { ...signIn, confidential: true });
}

async function refresh(world: TokenEndpointWorld, form: URLSearchParams) {
  const clientId = knownClient(world, form);
  const session = world.signIns.resume(required(form, 'refresh_token'), clientId);
  if (session.confidential) {
    await authenticateClient(world, form);
    checkOperatorPlane(world.operatorPlane, session.contexts);
  }
  const missing = contextsAsked(form.get('claims')).find((one) => !session.contexts.includes(one));
  if (missing !== undefined) throw refusals.stepUpNeeded(challengeFor(missing));
  const scope = form.get('scope');
  return delegated(world, form, { ...session, ...(scope === null ? {} : parseScope(scope)) });
}

async function delegated(world: TokenEndpointWorld, form: URLSearchParams, signIn: SignIn) {
  const { tokenLifetimeSeconds } = world.operatorPlane;
  const lifetime =
    signIn.confidential && tokenLifetimeSeconds !== null
      ? { lifetimeSeconds: tokenLifetimeSeconds }
      : {};
  const issued = await world.issuer.toUser({ ...signIn, ...lifetime });
  return {
    token_type: 'Bearer',
    scope: issued.scopes.map((scope) => `${issued.resource.identifiers[0]}/${scope}`).join(' '),
    ...expiry(issued),
    access_token: issued.accessToken,
    ...(renewable(form, signIn) ? { refresh_token: world.signIns.remember(signIn) } : {}),
    id_token: await idToken(world, signIn),
    ...(form.get('client_info') === '1' ? { client_info: clientInfo(world, signIn) } : {}),
  };
}

/** A confidential client gets a refresh token only when it asks for one. */
function renewable(form: URLSearchParams, { confidential }: SignIn): boolean {
  const scope = form.get('scope') ?? '';
  return (
    !confidential || form.has('refresh_token') || scope.split(/\s+/).includes('offline_access')
  );
}

function idToken(world: TokenEndpointWorld, signIn: SignIn): Promise<string> {
  const user = world.principals.user(signIn.userId);
  const issuedAt = Math.floor(world.clock.now() / 1000);
  return world.issuer.sign({
    aud: signIn.clientId,
    iss: `${world.origin}/${world.tenantId}/v2.0`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + 3600,
    name: user?.displayName,
    oid: signIn.userId,
    preferred_username: user?.userPrincipalName,
    sub: signIn.userId,
    tid: world.tenantId,
    ver: '2.0',
  });
}

/** MSAL keys its cache by this member. */
function clientInfo(world: TokenEndpointWorld, signIn: SignIn): string {
  const info = { uid: signIn.userId, utid: world.tenantId };
  return Buffer.from(JSON.stringify(info)).toString('base64url');
}

function expiry(issued: IssuedToken) {
  return { expires_in: issued.expiresIn, ext_expires_in: issued.expiresIn };
}

function knownClient(world: TokenEndpointWorld, form: URLSearchParams): string {
  const clientId = required(form, 'client_id');
  if (world.principals.servicePrincipal(clientId)?.appId !== clientId) {
    throw refusals.clientUnknown(clientId);
  }
  return clientId;
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === '') throw refusals.parameterMissing(name);
  return value;
}
