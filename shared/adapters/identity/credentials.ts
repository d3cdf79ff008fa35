import { ManagedIdentityCredential, type TokenCredential } from '@azure/identity';

/**
 * Our own identity: the managed identity that App Service offers through `IDENTITY_ENDPOINT`, user-assigned
 * when `clientId` is given. Tokens are cached by the credential.
 */
export function ownCredential(clientId: string | undefined): TokenCredential {
  return clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
