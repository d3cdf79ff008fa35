import { DeviceCodeCredential } from '@azure/identity';
import { CommandFailed, UsageError } from '../commands/usage.js';

/** Where and for what a person signs in; from options, else from the settings of the app. */
export interface DeviceSignIn {
  readonly tenantId: string;
  /** A public client of the tenant that may ask for our API. */
  readonly clientId: string;
  /** Application id of our API. */
  readonly audience: string;
  readonly authorityHost: string;
}

/** Throws UsageError with the first thing that is missing. */
export function deviceSignInOf(
  options: {
    readonly 'tenant-id': string | null;
    readonly 'client-id': string | null;
    readonly audience: string | null;
  },
  env: Readonly<Record<string, string | undefined>>,
): DeviceSignIn {
  const audience = guid(options.audience ?? env['API_AUDIENCE'], 'audience', 'API_AUDIENCE');
  const clientId = options['client-id'] ?? env['CONSOLE_CLIENT_ID'] ?? audience;
  return {
    tenantId: guid(options['tenant-id'] ?? env['TENANT_ID'], 'tenant-id', 'TENANT_ID'),
    clientId: guid(clientId, 'client-id', 'CONSOLE_CLIENT_ID'),
    audience,
    authorityHost: env['AZURE_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com',
  };
}

function guid(value: string | undefined, flag: string, setting: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value ?? '')) return value ?? '';
  throw new UsageError(`--${flag} (or ${setting}) must be a GUID to sign in by device code`);
}

/**
 * Signs in by device code, satisfying these claims if any; the code and where to enter it go to stderr.
 * Nothing is kept. Throws CommandFailed when the person declines or lets the code expire.
 */
export async function deviceToken(
  signIn: DeviceSignIn,
  claims: string | null = null,
): Promise<{ readonly token: string; readonly expiresOn: string }> {
  const { tenantId, clientId, audience, authorityHost } = signIn;
  const credential = new DeviceCodeCredential({
    tenantId,
    clientId,
    authorityHost,
    // Discovery asks a public host about every authority it does not know.
    disableInstanceDiscovery: authorityHost !== 'https://login.microsoftonline.com',
    userPromptCallback: ({ message }) => void process.stderr.write(`${message}\n`),
  });
  const asked = claims === null ? {} : { claims };
  const given = await credential
    .getToken(`api://${audience}/.default`, asked)
    .catch((error: unknown) => {
      const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'unknown';
      throw new CommandFailed(`nobody signed in: ${why}`);
    });
  return { token: given.token, expiresOn: new Date(given.expiresOnTimestamp).toISOString() };
}
