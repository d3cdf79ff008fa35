import { seededGuid } from './identity/seeded.js';
import type { ScenarioAlert } from './scenarios/world.js';

export interface AlertWorld {
  readonly seed: number;
  readonly tenantId: string;
  readonly workspaceId: string;
  readonly alert: ScenarioAlert;
}

/** Azure names of the world that only alert bodies show. */
export interface AzureNames {
  readonly subscriptionId: string;
  readonly ruleId: string;
  readonly workspaceArmId: string;
  /** ARM id of the analytics rule. */
  readonly ruleArmId: string;
  /** ARM id of the log search alert rule behind the action group. */
  readonly alertRuleArmId: string;
}

const resourceGroup = 'rg-soc';
const workspaceName = 'law-soc';

/** ARM ids of the world, from its seed. */
export function azureNames(seed: number): AzureNames {
  const subscriptionId = seededGuid(seed, 'subscription');
  const ruleId = seededGuid(seed, 'analytics-rule');
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers`;
  const workspaceArmId = `${group}/Microsoft.OperationalInsights/workspaces/${workspaceName}`;
  return {
    subscriptionId,
    ruleId,
    workspaceArmId,
    ruleArmId: `${workspaceArmId}/providers/Microsoft.SecurityInsights/alertRules/${ruleId}`,
    alertRuleArmId: `${group}/microsoft.insights/scheduledqueryrules/bulk-directory-writes`,
  };
}

/**
 * The Sentinel incident trigger body of the scenario, complete (inbound fact sheet A.2). Everything
 * follows from the incident's name, so a repeated delivery of one incident is byte for byte the same.
 */
export function incidentBody(world: AlertWorld, name: string): Record<string, unknown> {
  const { alert, seed, workspaceId } = world;
  const azure = azureNames(seed);
  const insights = `${azure.workspaceArmId}/providers/Microsoft.SecurityInsights`;
  const times = alertTimes(alert);
  const number = Number.parseInt(name.replaceAll('-', '').slice(0, 4), 16) || 1;
  return {
    eventUniqueId: seededGuid(seed, name, 'event'),
    objectSchemaType: 'Incident',
    objectEventType: 'Create',
    workspaceInfo: {
      SubscriptionId: azure.subscriptionId,
      ResourceGroupName: resourceGroup,
      WorkspaceName: workspaceName,
    },
    workspaceId,
    object: {
      id: `${insights}/Incidents/${name}`,
      name,
      etag: `"${seededGuid(seed, name, 'etag')}"`,
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        title: alert.title,
        description: descriptionOf(alert),
        severity: alert.severity,
        status: 'New',
        owner: { objectId: null, email: null, assignedTo: null, userPrincipalName: null },
        labels: [],
        firstActivityTimeUtc: alert.firstActivityTimeUtc,
        lastActivityTimeUtc: alert.lastActivityTimeUtc,
        lastModifiedTimeUtc: times.created,
        createdTimeUtc: times.created,
        incidentNumber: number,
        additionalData: {
          alertsCount: 1,
          bookmarksCount: 0,
          commentsCount: 0,
          alertProductNames: ['Azure Sentinel'],
          tactics: ['Impact'],
          techniques: ['T1531'],
          providerIncidentUrl: `https://security.microsoft.com/incidents/${number}?tid=${world.tenantId}`,
        },
        relatedAnalyticRuleIds: [azure.ruleArmId],
        incidentUrl: `https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident${insights}/Incidents/${name}`,
        providerName: 'Azure Sentinel',
        providerIncidentId: String(number),
        alerts: [securityAlert(world, name)],
        bookmarks: [],
        relatedEntities: alert.accounts.map((account, index) => {
          const id = seededGuid(seed, name, 'entity', String(index));
          return {
            id: `${insights}/Entities/${id}`,
            name: id,
            type: 'Microsoft.SecurityInsights/Entities',
            kind: 'Account',
            properties: {
              ...account,
              aadTenantId: world.tenantId,
              isDomainJoined: true,
              friendlyName: account.accountName,
            },
          };
        }),
        comments: [],
      },
    },
  };
}

/** Id of the one alert in the incident of that name; the alert trigger body carries the same. */
export function systemAlertIdOf(seed: number, name: string): string {
  return seededGuid(seed, name, 'alert');
}

/** `additionalData` of an alert: every value is text (inbound fact sheet A.2). */
export function additionalData(world: AlertWorld, name: string): Record<string, string> {
  const { alert, seed } = world;
  const { ruleId } = azureNames(seed);
  const times = alertTimes(alert);
  const portalTime = (iso: string) => `${iso.slice(0, 19).replace('T', ' ')}Z`;
  return {
    'Query Period': '00:15:00',
    'Trigger Operator': 'GreaterThan',
    'Trigger Threshold': '0',
    'Correlation Id': seededGuid(seed, name, 'correlation'),
    'Search Query Results Overall Count': '1',
    'Data Sources': JSON.stringify([workspaceName]),
    Query: `// The query_now parameter represents the time (in UTC) at which the query ran.\nset query_now = datetime(${times.queried});\n${alert.query}`,
    OriginalQuery: alert.query,
    'Query Start Time UTC': portalTime(times.queryStart),
    'Query End Time UTC': portalTime(times.queried),
    'Analytic Rule Ids': JSON.stringify([ruleId]),
    'Event Grouping': 'SingleAlert',
    'Analytic Rule Name': alert.title,
    ProcessedBySentinel: 'True',
    'Alert generation status': 'Full alert created',
    ...(alert.customDetails === undefined
      ? {}
      : { 'Custom Details': JSON.stringify(alert.customDetails) }),
  };
}

/** When the rule ran and what it wrote, ISO with the service's seven fraction digits. */
export function alertTimes(alert: ScenarioAlert) {
  const last = Date.parse(alert.lastActivityTimeUtc);
  const ticks = (ms: number) => new Date(ms).toISOString().replace('Z', '0000Z');
  return {
    queryStart: ticks(last - 15 * 60_000),
    queried: ticks(last + 30_000),
    processed: ticks(last + 40_000),
    created: ticks(last + 45_000),
  };
}

/** A sentence as the rule's author would have written it. */
export function descriptionOf(alert: ScenarioAlert): string {
  return `${alert.title}: more directory writes by one principal than the rule allows`;
}

function securityAlert(world: AlertWorld, name: string) {
  const { alert, seed, workspaceId } = world;
  const azure = azureNames(seed);
  const id = systemAlertIdOf(seed, name);
  const times = alertTimes(alert);
  return {
    id: `${azure.workspaceArmId}/providers/Microsoft.SecurityInsights/Entities/${id}`,
    name: id,
    type: 'Microsoft.SecurityInsights/Entities',
    kind: 'SecurityAlert',
    properties: {
      systemAlertId: id,
      tactics: ['Impact'],
      alertDisplayName: alert.title,
      confidenceLevel: 'Unknown',
      severity: alert.severity,
      vendorName: 'Microsoft',
      productName: 'Azure Sentinel',
      productComponentName: 'Scheduled Alerts',
      alertType: `${workspaceId}_${azure.ruleId}`,
      processingEndTime: times.processed,
      status: 'New',
      startTimeUtc: alert.firstActivityTimeUtc,
      endTimeUtc: alert.lastActivityTimeUtc,
      timeGenerated: times.processed,
      providerAlertId: seededGuid(seed, name, 'provider-alert'),
      resourceIdentifiers: [
        {
          type: 'LogAnalytics',
          workspaceId,
          subscriptionId: azure.subscriptionId,
          resourceGroup,
        },
      ],
      additionalData: additionalData(world, name),
      friendlyName: alert.title,
    },
  };
}
