import { createSigningKey } from '../identity/key-ring.js';
import { seededGuid, seededHex } from '../identity/seeded.js';
import { isObject } from '../teams/cards.js';
import type { JsonObject } from '../teams/activities.js';
import type { ControlWorld } from './control-world.js';
import { publicKeyAsSecretToken, unsignedToken } from './jws.js';

/** Bad tokens with a genuine activity. */
export const connectorTokenForgeries = [
  'algNone',
  'publicKeyAsSecret',
  'expired',
  'notYetValid',
  'noExpiry',
  'wrongAudience',
  'wrongIssuer',
  'missingEndorsement',
  'noEndorsements',
  'wrongServiceUrl',
  'noServiceUrl',
  'unpublishedKey',
  'unknownKeyId',
  'entraToken',
] as const;

/** Bad activities under a genuine token. */
export const activityForgeries = [
  'otherTenant',
  'otherChannelTenant',
  'foreignConversation',
  'foreignServiceUrl',
  'wrongReplyTo',
  'otherChannel',
  'automatic',
  'noObjectId',
  'unknownPerson',
] as const;

export const teamsForgeries = [
  'genuine',
  ...connectorTokenForgeries,
  ...activityForgeries,
] as const;
export type TeamsForgery = (typeof teamsForgeries)[number];

/** A connector token that is bad in exactly one way, or a genuine one when the activity is the bad part. */
export async function forgeConnectorToken(
  world: ControlWorld,
  kind: TeamsForgery,
  overrides: JsonObject,
): Promise<string> {
  const { authority, clock, team } = world.teams;
  const claims = { ...authority.claims(), ...overrides };
  const now = Math.floor(clock.now() / 1000);

  switch (kind) {
    case 'algNone':
      return unsignedToken(claims);
    case 'publicKeyAsSecret':
      return publicKeyAsSecretToken(claims, authority.keys.current());
    case 'expired':
      return authority.sign({ ...claims, nbf: now - 7200, exp: now - 3600 });
    case 'notYetValid':
      return authority.sign({ ...claims, nbf: now + 3600, exp: now + 7200 });
    case 'noExpiry':
      return authority.sign({ ...claims, exp: undefined });
    case 'wrongAudience':
      return authority.sign({ ...claims, aud: seededGuid(world.alert.seed, 'another-bot') });
    case 'wrongIssuer':
      return authority.sign({ ...claims, iss: 'https://api.botframework.example' });
    case 'missingEndorsement':
      return authority.sign(claims, authority.otherChannelKey);
    case 'noEndorsements':
      return authority.sign(claims, authority.unendorsedKey);
    case 'wrongServiceUrl':
      return authority.sign({ ...claims, serviceurl: 'https://smba.trafficmanager.net/amer/' });
    case 'noServiceUrl':
      return authority.sign({ ...claims, serviceurl: undefined });
    case 'foreignServiceUrl':
      return authority.sign({ ...claims, serviceurl: foreignServiceUrl });
    case 'unpublishedKey': {
      const stolenName = { ...createSigningKey(), kid: authority.keys.current().kid };
      return authority.sign(claims, stolenName);
    }
    case 'unknownKeyId':
      return authority.sign(claims, createSigningKey());
    case 'entraToken':
      return entraTokenForBot(world, team.botAppId, overrides);
    default:
      return authority.sign(claims);
  }
}

/** The activity of a press, changed in the one way that the kind names. */
export function forgeActivity(
  world: ControlWorld,
  kind: TeamsForgery,
  activity: JsonObject,
): JsonObject {
  const seed = world.alert.seed;
  const foreign = world.identity.foreignTenantId;
  const inside = (name: string) => (isObject(activity[name]) ? activity[name] : {});
  switch (kind) {
    case 'otherTenant':
      return { ...activity, conversation: { ...inside('conversation'), tenantId: foreign } };
    case 'otherChannelTenant':
      return { ...activity, channelData: { ...inside('channelData'), tenant: { id: foreign } } };
    case 'foreignConversation': {
      const id = `19:${seededHex(seed, 'foreign-channel').slice(0, 32)}@thread.tacv2`;
      return { ...activity, conversation: { ...inside('conversation'), id } };
    }
    case 'foreignServiceUrl':
      return { ...activity, serviceUrl: foreignServiceUrl };
    case 'wrongReplyTo':
      return { ...activity, replyToId: '1' };
    case 'otherChannel':
      return { ...activity, channelId: 'webchat' };
    case 'automatic':
      return { ...activity, value: { ...inside('value'), trigger: 'automatic' } };
    case 'noObjectId':
      return { ...activity, from: { ...inside('from'), aadObjectId: undefined } };
    case 'unknownPerson': {
      const from = { ...inside('from'), aadObjectId: seededGuid(seed, 'unknown-person') };
      return { ...activity, from };
    }
    default:
      return activity;
  }
}

const foreignServiceUrl = 'https://collector.example/teams/';

/** What any application of the tenant could get for the bot's app id: the known SDK gap (fact sheet C.3). */
function entraTokenForBot(
  world: ControlWorld,
  botAppId: string,
  overrides: JsonObject,
): Promise<string> {
  const now = Math.floor(world.teams.clock.now() / 1000);
  const { tenantId, serviceUrl } = world.teams.team;
  return world.identity.issuer.sign({
    aud: botAppId,
    iss: `${new URL(serviceUrl).origin}/${tenantId}/v2.0`,
    iat: now,
    nbf: now,
    exp: now + 3600,
    azp: world.otherAppId,
    idtyp: 'app',
    tid: tenantId,
    ver: '2.0',
    serviceurl: serviceUrl,
    ...overrides,
  });
}
