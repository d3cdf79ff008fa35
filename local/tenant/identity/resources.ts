export type ResourceKind = 'graph' | 'api' | 'bot' | 'tokenExchange';

/** Something a token can be asked for. */
export interface Resource {
  readonly kind: ResourceKind;
  /** `aud` of its tokens. */
  readonly audience: string;
  /** Identifiers under which it may be asked for, without `/.default`. */
  readonly identifiers: readonly string[];
  /** Delegated permissions consented to for our client, the meaning of `.default` for a user. */
  readonly scopes: readonly string[];
}

/** Azure Monitor logs answer on the same origin as Graph, so one resource stands for both. */
export function createResources(world: {
  readonly origin: string;
  readonly apiAppId: string;
}): readonly Resource[] {
  return [
    {
      kind: 'graph',
      audience: world.origin,
      identifiers: [world.origin],
      scopes: [
        'User.Read',
        'Directory.AccessAsUser.All',
        'EntraBackup.Read.All',
        'EntraBackup.ReadWrite.Preview',
        'EntraBackup.ReadWrite.Recovery',
      ],
    },
    {
      kind: 'api',
      audience: world.apiAppId,
      identifiers: [world.apiAppId, `api://${world.apiAppId}`],
      scopes: ['access_as_user'],
    },
    {
      kind: 'bot',
      audience: 'https://api.botframework.com',
      identifiers: ['https://api.botframework.com'],
      scopes: [],
    },
    {
      kind: 'tokenExchange',
      audience: 'api://AzureADTokenExchange',
      identifiers: ['api://AzureADTokenExchange'],
      scopes: [],
    },
  ];
}

/** The resource with that identifier; a trailing slash is tolerated as Entra tolerates it. */
export function findResource(
  resources: readonly Resource[],
  identifier: string,
): Resource | undefined {
  const wanted = identifier.replace(/\/$/, '');
  return resources.find((resource) => resource.identifiers.includes(wanted));
}
