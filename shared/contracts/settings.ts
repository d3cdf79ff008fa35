import { z } from 'zod';
import * as form from './setting-forms.js';

const publicMetadata = 'https://login.botframework.com/v1/.well-known/openidconfiguration';

/** Every setting of contract section 2. An empty value counts as not set. */
export const settingsSchema = z.object({
  TENANT_ID: form.guid,
  GRAPH_ENDPOINT: form.httpsOrigin.default('https://graph.microsoft.com'),
  LOGS_ENDPOINT: form.httpsOrigin.default('https://api.loganalytics.azure.com'),
  LOGS_WORKSPACE_ID: form.guid.optional(),
  AZURE_AUTHORITY_HOST: form.httpsOrigin.default('https://login.microsoftonline.com'),
  IDENTITY_ENDPOINT: form.loopbackOrHttpsUrl.optional(),
  IDENTITY_HEADER: form.plainText.optional(),
  AZURE_CLIENT_ID: form.guid.optional(),
  API_AUDIENCE: form.guid,
  API_CLIENT_IDS: form.guids.optional(),
  BOT_APP_ID: form.guid.optional(),
  BOT_OPENID_METADATA: form.httpsUrl.default(publicMetadata),
  BOT_SERVICE_URL: form.httpsUrl.optional(),
  BOT_CONVERSATION_ID: form.plainText.optional(),
  TEAMS_WORKFLOW_URL: form.httpsUrl.optional(),
  URGENT_NOTICE_URL: form.httpsUrl.optional(),
  SENTINEL_WORKSPACE_RESOURCE_ID: form.plainText
    .regex(
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]+$/i,
      'is not the resource id of a Log Analytics workspace',
    )
    .optional(),
  ARM_ENDPOINT: form.httpsOrigin.default('https://management.azure.com'),
  TEAMS_OUTGOING_WEBHOOK_SECRETS: form.outgoingWebhookSecrets.optional(),
  PUBLIC_URL: form.loopbackOrHttpsUrl.optional(),
  CONSOLE_CLIENT_ID: form.guid.optional(),
  SESSION_KEY: form.sessionKey.optional(),
  TICKET_WEBHOOK_URL: form.httpsUrl.optional(),
  EXPORTER_DIR: form.plainText.optional(),
  TCM_BASELINE: form.plainText.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: form.loopbackOrHttpsUrl.optional(),
  APPLICATIONINSIGHTS_CONNECTION_STRING: form.plainText.optional(),
  EVIDENCE_STORE: form.evidenceStore,
  POLICY: form.plainText,
  OPERATOR_CLIENT_ID: form.guid.optional(),
  OPERATOR_ASSERTION: form.operatorAssertion.default({ kind: 'managedIdentity' }),
});

export type SettingName = keyof typeof settingsSchema.shape;
export const settingNames = Object.keys(settingsSchema.shape) as SettingName[];

/** What the start-up line of a bad setting shows as a value that would do. */
export const settingExamples: Readonly<Record<SettingName, string>> = {
  TENANT_ID: '33333333-3333-3333-3333-333333333333',
  GRAPH_ENDPOINT: 'https://graph.microsoft.com',
  LOGS_ENDPOINT: 'https://api.loganalytics.azure.com',
  LOGS_WORKSPACE_ID: '44444444-4444-4444-4444-444444444444',
  AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com',
  IDENTITY_ENDPOINT: 'http://127.0.0.1:41741/msi/token',
  IDENTITY_HEADER: 'the value that App Service sets',
  AZURE_CLIENT_ID: '55555555-5555-5555-5555-555555555555',
  API_AUDIENCE: '66666666-6666-6666-6666-666666666666',
  API_CLIENT_IDS: '66666666-6666-6666-6666-666666666666,88888888-8888-8888-8888-888888888888',
  BOT_APP_ID: '77777777-7777-7777-7777-777777777777',
  BOT_OPENID_METADATA: publicMetadata,
  BOT_SERVICE_URL: 'https://smba.trafficmanager.net/amer/33333333-3333-3333-3333-333333333333/',
  BOT_CONVERSATION_ID: '19:0123456789abcdef0123456789abcdef@thread.tacv2',
  TEAMS_WORKFLOW_URL: 'https://example.environment.api.powerplatform.com/workflows/notice',
  URGENT_NOTICE_URL: 'https://pager.example.com/notify',
  SENTINEL_WORKSPACE_RESOURCE_ID:
    '/subscriptions/SUB/resourceGroups/GROUP/providers/Microsoft.OperationalInsights/workspaces/NAME',
  ARM_ENDPOINT: 'https://management.azure.com',
  TEAMS_OUTGOING_WEBHOOK_SECRETS: 'team1=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  PUBLIC_URL: 'https://rewind.example.com',
  CONSOLE_CLIENT_ID: '66666666-6666-6666-6666-666666666666',
  SESSION_KEY: '32 random bytes in base64',
  TICKET_WEBHOOK_URL: 'https://tickets.example.com/hook',
  EXPORTER_DIR: './entra-export',
  TCM_BASELINE: './baseline.json',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=…;IngestionEndpoint=https://…',
  EVIDENCE_STORE: 'file:.data/evidence',
  POLICY: './policy.json',
  OPERATOR_CLIENT_ID: '66666666-6666-6666-6666-666666666666',
  OPERATOR_ASSERTION: 'managedIdentity',
};

export type Settings = z.output<typeof settingsSchema> & {
  /** Base of links without a trailing slash; undefined when neither the setting nor Azure names one. */
  readonly PUBLIC_URL: string | undefined;
  readonly CONSOLE_CLIENT_ID: string;
  readonly OPERATOR_CLIENT_ID: string;
};

export type SettingsReading =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the settings from an environment. `problems` has one line per bad setting: its name, what is
 * wrong, an example. No line repeats a value.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingsReading {
  const given = Object.fromEntries(
    settingNames
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settingsSchema.safeParse(given);
  const problems = new Map<string, string>();
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]) as SettingName;
    const what = name in given ? issue.message : 'is missing';
    if (!problems.has(name)) problems.set(name, what);
  }
  for (const [name, what] of together(given, onAzure(env))) {
    if (!problems.has(name)) problems.set(name, what);
  }
  if (!parsed.success || problems.size > 0) {
    return { ok: false, problems: settingNames.filter((name) => problems.has(name)).map(line) };
  }
  return { ok: true, settings: withDerived(parsed.data, env) };

  function line(name: SettingName): string {
    return `${name} ${problems.get(name) ?? ''}; for example ${name}=${settingExamples[name]}`;
  }
}

/** True inside an Azure Functions app. */
export const onAzure = (env: Readonly<Record<string, string | undefined>>): boolean =>
  Boolean(env['WEBSITE_INSTANCE_ID']);

function* together(
  given: Readonly<Record<string, string | undefined>>,
  azure: boolean,
): Iterable<[SettingName, string]> {
  const pairs: [SettingName, SettingName][] = [
    ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'],
    ['IDENTITY_HEADER', 'IDENTITY_ENDPOINT'],
    ['BOT_SERVICE_URL', 'BOT_CONVERSATION_ID'],
    ['BOT_CONVERSATION_ID', 'BOT_SERVICE_URL'],
    ['BOT_SERVICE_URL', 'BOT_APP_ID'],
  ];
  for (const [name, needed] of pairs) {
    if (given[name] !== undefined && given[needed] === undefined) {
      yield [needed, `is missing although ${name} is set`];
    }
  }
  if (azure && given['OPERATOR_ASSERTION']?.startsWith('secret:')) {
    yield ['OPERATOR_ASSERTION', 'may not be a secret on Azure'];
  }
}

function withDerived(
  settings: z.output<typeof settingsSchema>,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const host = env['WEBSITE_HOSTNAME'];
  const publicUrl = settings.PUBLIC_URL ?? (host ? `https://${host}` : undefined);
  const { API_AUDIENCE, API_CLIENT_IDS, CONSOLE_CLIENT_ID = API_AUDIENCE } = settings;
  return {
    ...settings,
    PUBLIC_URL: publicUrl?.replace(/\/+$/, ''),
    CONSOLE_CLIENT_ID,
    // A list that forgot them would lock the people out of console and terminal.
    ...(API_CLIENT_IDS && {
      API_CLIENT_IDS: [...new Set([...API_CLIENT_IDS, CONSOLE_CLIENT_ID, API_AUDIENCE])],
    }),
    OPERATOR_CLIENT_ID: settings.OPERATOR_CLIENT_ID ?? settings.API_AUDIENCE,
  };
}
