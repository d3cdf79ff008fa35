import {
  additionalData,
  alertTimes,
  azureNames,
  descriptionOf,
  incidentBody,
  systemAlertIdOf,
  type AlertWorld,
} from './alert.js';
import { seededGuid } from './identity/seeded.js';

export const alertForms = ['incident', 'alert', 'entity', 'azureMonitor'] as const;
export type AlertForm = (typeof alertForms)[number];

/** The scenario's alert in one of the forms in which it can arrive; `name` is the incident's GUID. */
export function alertBody(
  world: AlertWorld,
  form: AlertForm,
  name: string,
): Record<string, unknown> {
  switch (form) {
    case 'incident':
      return incidentBody(world, name);
    case 'alert':
      return alertTriggerBody(world, name);
    case 'entity':
      return entityTriggerBody(world, name);
    case 'azureMonitor':
      return commonAlertBody(world, name);
  }
}

/** Flat and PascalCase, without `objectSchemaType` (inbound fact sheet A.3). */
function alertTriggerBody(world: AlertWorld, name: string): Record<string, unknown> {
  const { alert, seed, workspaceId } = world;
  const azure = azureNames(seed);
  const times = alertTimes(alert);
  return {
    SystemAlertId: systemAlertIdOf(seed, name),
    AlertDisplayName: alert.title,
    AlertType: `${workspaceId}_${azure.ruleId}`,
    Description: descriptionOf(alert),
    Severity: alert.severity,
    Status: 'New',
    VendorName: 'Microsoft',
    ProviderName: 'ASI Scheduled Alerts',
    ProductName: 'Azure Sentinel',
    ProductComponentName: 'Scheduled Alerts',
    StartTimeUtc: alert.firstActivityTimeUtc,
    EndTimeUtc: alert.lastActivityTimeUtc,
    ProcessingEndTime: times.processed,
    TimeGenerated: times.processed,
    WorkspaceId: workspaceId,
    WorkspaceSubscriptionId: azure.subscriptionId,
    WorkspaceResourceGroup: 'rg-soc',
    ExtendedProperties: additionalData(world, name),
    Entities: alert.accounts.map((account, index) => ({
      $id: String(index + 3),
      Type: 'account',
      Name: account.accountName,
      UPNSuffix: account.upnSuffix,
      AadTenantId: world.tenantId,
      ...(account.aadUserId === undefined ? {} : { AadUserId: account.aadUserId }),
      IsDomainJoined: true,
      DisplayName: account.displayName,
    })),
  };
}

/** One account with the incident it belongs to (inbound fact sheet A.4). */
function entityTriggerBody(world: AlertWorld, name: string): Record<string, unknown> {
  const azure = azureNames(world.seed);
  const insights = `${azure.workspaceArmId}/providers/Microsoft.SecurityInsights`;
  const id = seededGuid(world.seed, name, 'entity', '0');
  const [account] = world.alert.accounts;
  return {
    IncidentArmID: `${insights}/Incidents/${name}`,
    Entity: {
      id: `${insights}/Entities/${id}`,
      name: id,
      type: 'Microsoft.SecurityInsights/Entities',
      kind: 'Account',
      properties: {
        Name: account?.accountName,
        UPNSuffix: account?.upnSuffix,
        AadUserId: account?.aadUserId,
        AadTenantId: world.tenantId,
        DisplayName: account?.displayName,
      },
    },
  };
}

/** The common alert schema of a log search alert: no rows, links instead (inbound fact sheet A.9). */
function commonAlertBody(world: AlertWorld, name: string): Record<string, unknown> {
  const { alert, seed, workspaceId } = world;
  const azure = azureNames(seed);
  const times = alertTimes(alert);
  const id = seededGuid(seed, name, 'azure-monitor');
  const search = `https://api.loganalytics.io/v1/workspaces/${workspaceId}/query?query=${encodeURIComponent(alert.query)}`;
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `/subscriptions/${azure.subscriptionId}/providers/Microsoft.AlertsManagement/alerts/${id}`,
        alertRule: 'bulk-directory-writes',
        alertRuleId: azure.alertRuleArmId,
        severity: alert.severity === 'High' ? 'Sev1' : 'Sev2',
        signalType: 'Log',
        monitorCondition: 'Fired',
        monitoringService: 'Log Alerts V2',
        alertTargetIDs: [azure.workspaceArmId.toLowerCase()],
        configurationItems: [azure.workspaceArmId.toLowerCase()],
        originAlertId: seededGuid(seed, name, 'origin-alert'),
        firedDateTime: times.created,
        description: descriptionOf(alert),
        essentialsVersion: '1.0',
        alertContextVersion: '1.0',
      },
      alertContext: {
        properties: {},
        conditionType: 'LogQueryCriteria',
        condition: {
          windowSize: 'PT15M',
          allOf: [
            {
              searchQuery: alert.query,
              metricMeasureColumn: null,
              targetResourceTypes: "['Microsoft.OperationalInsights/workspaces']",
              operator: 'GreaterThan',
              threshold: '0',
              timeAggregation: 'Count',
              dimensions: [],
              metricValue: 1,
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              linkToSearchResultsAPI: search,
              linkToFilteredSearchResultsAPI: search,
            },
          ],
          windowStartTime: times.queryStart,
          windowEndTime: times.queried,
        },
      },
      customProperties: alert.customDetails ?? {},
    },
  };
}
