import { readFileSync } from 'node:fs';
import {
  readSettings,
  settingExamples,
  settingNames,
  type SettingName,
} from '../../shared/contracts/settings.js';

const good = {
  TENANT_ID: '33333333-3333-3333-3333-33333333333A',
  API_AUDIENCE: '66666666-6666-6666-6666-666666666666',
  EVIDENCE_STORE: 'file:.data/evidence',
  POLICY: 'policy.sample.json',
};

function problemsWith(change: Record<string, string | undefined>): readonly string[] {
  const reading = readSettings({ ...good, ...change });
  return reading.ok ? [] : reading.problems;
}

describe('settings', () => {
  it('the few that must be set are enough, and the others take their documented defaults', () => {
    const reading = readSettings(good);

    expect(reading).toMatchObject({
      ok: true,
      settings: {
        TENANT_ID: '33333333-3333-3333-3333-33333333333a',
        GRAPH_ENDPOINT: 'https://graph.microsoft.com',
        LOGS_ENDPOINT: 'https://api.loganalytics.azure.com',
        AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com',
        ARM_ENDPOINT: 'https://management.azure.com',
        CONSOLE_CLIENT_ID: good.API_AUDIENCE,
        OPERATOR_CLIENT_ID: good.API_AUDIENCE,
        OPERATOR_ASSERTION: { kind: 'managedIdentity' },
      },
    });
  });

  it('a list of clients for people always has the console and our own application', () => {
    const [listed, console] = [
      '88888888-8888-8888-8888-888888888888',
      '99999999-9999-9999-9999-999999999999',
    ];
    const clientsOf = (change: Record<string, string>) => {
      const reading = readSettings({ ...good, ...change });
      return reading.ok ? reading.settings.API_CLIENT_IDS : reading.problems;
    };

    expect(clientsOf({})).toBeUndefined();
    expect(clientsOf({ API_CLIENT_IDS: listed })).toEqual([listed, good.API_AUDIENCE]);
    expect(clientsOf({ API_CLIENT_IDS: listed, CONSOLE_CLIENT_ID: console })).toEqual([
      listed,
      console,
      good.API_AUDIENCE,
    ]);
  });

  it('every missing one is named at once, one line each, with an example', () => {
    const reading = readSettings({});

    expect(reading.ok ? [] : reading.problems).toEqual(
      (['TENANT_ID', 'API_AUDIENCE', 'EVIDENCE_STORE', 'POLICY'] as const).map(
        (name) => `${name} is missing; for example ${name}=${settingExamples[name]}`,
      ),
    );
  });

  it.each<[SettingName, string, string]>([
    ['TENANT_ID', 'contoso.com', 'is not a GUID'],
    ['GRAPH_ENDPOINT', 'http://graph.microsoft.com', 'does not begin with https://'],
    ['GRAPH_ENDPOINT', 'http://127.0.0.1:8443', 'does not begin with https://'],
    ['GRAPH_ENDPOINT', 'https://graph.microsoft.com/v1.0', 'names a path'],
    ['GRAPH_ENDPOINT', 'https://u:p@graph.microsoft.com', 'user name or password'],
    ['GRAPH_ENDPOINT', 'graph', 'is not an absolute URL'],
    ['LOGS_ENDPOINT', 'ftp://logs', 'does not begin with https://'],
    ['AZURE_AUTHORITY_HOST', 'http://login.microsoftonline.com', 'does not begin with https://'],
    ['IDENTITY_ENDPOINT', 'http://10.0.0.7/msi/token', 'loopback'],
    ['BOT_OPENID_METADATA', 'http://login.botframework.com/x', 'does not begin with https://'],
    ['BOT_SERVICE_URL', 'http://smba.trafficmanager.net/', 'does not begin with https://'],
    ['URGENT_NOTICE_URL', 'http://pager', 'does not begin with https://'],
    ['TICKET_WEBHOOK_URL', 'mailto:a@b', 'does not begin with https://'],
    ['EVIDENCE_STORE', '/var/evidence', 'begins neither with file: nor with blob:'],
    ['EVIDENCE_STORE', 'blob:http://a.blob.core.windows.net/c', 'does not begin with https://'],
    ['SESSION_KEY', 'c2hvcnQ=', 'is not 32 bytes'],
    ['SESSION_KEY', '@Microsoft.KeyVault(SecretUri=https://v)', 'could not resolve'],
    ['OPERATOR_ASSERTION', 'password', 'is none of'],
    ['TEAMS_OUTGOING_WEBHOOK_SECRETS', 'nokey', 'is not a list of keyId=base64'],
    [
      'TEAMS_OUTGOING_WEBHOOK_SECRETS',
      'one=aHVudGVyMmh1bnRlcg==,two=aHVudGVyMmh1bnRlcg',
      'holds one secret twice',
    ],
    ['SENTINEL_WORKSPACE_RESOURCE_ID', 'my-workspace', 'resource id'],
  ])('%s=%s stops the start: %s', (name, value, what) => {
    const problems = problemsWith({ [name]: value });

    const line = problems.find((problem) => problem.startsWith(`${name} `));
    expect(line).toContain(what);
    expect(line).toContain(`for example ${name}=`);
  });

  it.each([
    ['SESSION_KEY', 'aHVudGVyMg=='],
    ['OPERATOR_ASSERTION', 'hunter2'],
    ['TEAMS_OUTGOING_WEBHOOK_SECRETS', 'hunter2'],
    ['TENANT_ID', 'hunter2'],
  ])('a bad %s is not repeated in its line', (name, value) => {
    expect(problemsWith({ [name]: value }).join('\n')).not.toContain(value);
  });

  it.each([
    ['IDENTITY_ENDPOINT', 'http://127.0.0.1:41741/msi/token', 'IDENTITY_HEADER'],
    ['IDENTITY_HEADER', 'x', 'IDENTITY_ENDPOINT'],
    ['BOT_SERVICE_URL', 'https://smba.trafficmanager.net/amer/', 'BOT_CONVERSATION_ID'],
    ['BOT_CONVERSATION_ID', '19:x@thread.tacv2', 'BOT_SERVICE_URL'],
  ])('%s alone is not enough', (name, value, needed) => {
    expect(problemsWith({ [name]: value }).join('\n')).toContain(
      `${needed} is missing although ${name} is set`,
    );
  });

  it('an operator secret is taken on a workstation and refused on Azure', () => {
    const change = { OPERATOR_ASSERTION: 'secret:s3cr3t' };

    expect(problemsWith(change)).toEqual([]);
    expect(problemsWith({ ...change, WEBSITE_INSTANCE_ID: 'i' })).toHaveLength(1);
  });

  it('on Azure the links use the host name of the app', () => {
    const reading = readSettings({ ...good, WEBSITE_HOSTNAME: 'rewind.azurewebsites.net' });

    expect(reading.ok && reading.settings.PUBLIC_URL).toBe('https://rewind.azurewebsites.net');
  });

  it('the sample file names every setting and nothing else, and its values are taken', () => {
    const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
      IsEncrypted: boolean;
      Values: Record<string, string>;
    };
    const { FUNCTIONS_WORKER_RUNTIME, AzureWebJobsStorage, ...ours } = sample.Values;

    expect(sample.IsEncrypted).toBe(false);
    expect(FUNCTIONS_WORKER_RUNTIME).toBe('node');
    expect(AzureWebJobsStorage).toBeDefined();
    expect(Object.keys(ours).sort()).toEqual([...settingNames].sort());
    expect(readSettings(ours).ok).toBe(true);
  });
});
