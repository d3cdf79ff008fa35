import { readFile } from 'node:fs/promises';
import { ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import type { OperatorAssertion } from '../../contracts/setting-forms.js';
import type { ExchangeOptions } from './operator-exchange.js';

/**
 * Our own identity: the managed identity that App Service offers through `IDENTITY_ENDPOINT`, user-assigned
 * when `clientId` is given. Tokens are cached by the credential.
 */
export function ownCredential(clientId: string | undefined): TokenCredential {
  return clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}

/**
 * How the confidential client of the on-behalf-of exchange proves itself: a token of our managed identity
 * that the application trusts (federated credential), a signed assertion in a file, or a secret.
 */
export function operatorProof(
  assertion: OperatorAssertion,
  own: TokenCredential,
): ExchangeOptions['proof'] {
  switch (assertion.kind) {
    case 'secret':
      return { kind: 'secret', value: assertion.value };
    case 'file':
      return {
        kind: 'assertion',
        read: async () => (await readFile(assertion.path, 'utf8')).trim(),
      };
    case 'managedIdentity':
      return { kind: 'assertion', read: () => federatedToken(own) };
  }
}

async function federatedToken(own: TokenCredential): Promise<string> {
  const token = await own.getToken('api://AzureADTokenExchange/.default');
  if (token === null) throw new TypeError('the managed identity gave no token');
  return token.token;
}
