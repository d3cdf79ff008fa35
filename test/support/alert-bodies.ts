/** Alert bodies of the four forms, made up in the shapes of the inbound fact sheet (A.2 to A.4, A.9). */

export const incidentName = '63883bf7-5be1-42f4-809a-0417943b837b';
export const alertId = 'e9122c20-4ec9-483f-51ce-9039d3a40729';
export const suspectId = 'f4610870-413b-4716-845c-426820fc9e96';
export const suspectAppId = '44444444-4444-4444-4444-444444444444';
const workspace =
  '/subscriptions/1/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law';
export const incidentArmId = `${workspace}/providers/Microsoft.SecurityInsights/Incidents/${incidentName}`;

export interface Wishes {
  readonly name?: string;
  readonly title?: string;
  readonly alertIds?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

const account = {
  accountName: 'admin1',
  upnSuffix: 'contoso.test',
  aadUserId: suspectId,
  displayName: 'Example Admin',
};

export function sentinelIncident(wishes: Wishes = {}) {
  const { name = incidentName, alertIds = [alertId] } = wishes;
  const { title = 'Bulk user changes by one actor' } = wishes;
  const { from = '2026-11-20T20:41:07.1458248Z', to = '2026-11-20T20:50:59.9030000Z' } = wishes;
  return {
    eventUniqueId: '0f7e3a52-6a0c-4c1f-9a35-3b8f5f0c7d21',
    objectSchemaType: 'Incident',
    objectEventType: 'Create',
    workspaceId: '22222222-2222-2222-2222-222222222222',
    object: {
      id: incidentArmId,
      name,
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        title,
        severity: 'High',
        status: 'New',
        labels: [{ labelName: 'drill', labelType: 'User' }],
        firstActivityTimeUtc: from,
        lastActivityTimeUtc: to,
        incidentNumber: 3177,
        incidentUrl: 'https://portal.example.test/incident/3177',
        additionalData: { alertsCount: 1, providerIncidentUrl: 'https://xdr.example.test/90210' },
        relatedAnalyticRuleIds: [`${workspace}/alertRules/1`],
        alerts: alertIds.map((id) => ({
          name: id,
          kind: 'SecurityAlert',
          properties: {
            systemAlertId: id,
            startTimeUtc: from,
            endTimeUtc: to,
            additionalData: {
              'Custom Details': JSON.stringify({ ActorAppId: [suspectAppId], Writes: ['412'] }),
            },
          },
        })),
        relatedEntities: [
          { kind: 'Ip', properties: { address: '203.0.113.10' } },
          { kind: 'Account', properties: account },
          { kind: 'CloudApplication', properties: { appId: 11161, appName: 'Sync tool' } },
        ],
      },
    },
  };
}

export function sentinelAlert(wishes: Wishes = {}) {
  const { from = '2026-11-20T20:41:07.1458248Z', to = '2026-11-20T20:50:59.9030000Z' } = wishes;
  return {
    SystemAlertId: wishes.alertIds?.[0] ?? alertId,
    AlertDisplayName: 'Bulk user changes by one actor',
    AlertType: 'workspace_rule',
    Severity: 'High',
    StartTimeUtc: from,
    EndTimeUtc: to,
    WorkspaceId: '22222222-2222-2222-2222-222222222222',
    ExtendedProperties: JSON.stringify({ 'Query Period': '00:15:00' }),
    Entities: JSON.stringify([
      { $id: '2', Type: 'host', HostName: 'host1' },
      {
        $id: '3',
        Type: 'account',
        Name: 'admin1',
        UPNSuffix: 'contoso.test',
        AadUserId: suspectId,
        Host: { $ref: '2' },
      },
      { $ref: '3' },
    ]),
  };
}

export function sentinelEntity(name: string | null = incidentName) {
  return {
    IncidentArmID:
      name === null ? null : `${workspace}/providers/Microsoft.SecurityInsights/Incidents/${name}`,
    Entity: {
      id: `${workspace}/providers/Microsoft.SecurityInsights/Entities/1`,
      kind: 'Account',
      properties: { Name: 'admin1', UPNSuffix: 'contoso.test', AadUserId: suspectId },
    },
  };
}

export function azureMonitor(change: Record<string, unknown> = {}) {
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: '/subscriptions/1/providers/Microsoft.AlertsManagement/alerts/AB12',
        alertRule: 'bulk-writes',
        alertRuleId: '/subscriptions/1/providers/microsoft.insights/rules/Bulk-Writes',
        severity: 'Sev1',
        monitorCondition: 'Fired',
        firedDateTime: '2026-11-20T20:56:00',
        ...change,
      },
      alertContext: {
        condition: {
          windowStartTime: '2026-11-20T20:40:59Z',
          windowEndTime: '2026-11-20T20:55:59Z',
          allOf: [
            {
              dimensions: [{ name: 'ActorUserPrincipalName', value: 'admin1@contoso.test' }],
              linkToSearchResultsAPI: 'https://evil.example.test/steal',
            },
          ],
        },
      },
      customProperties: { ActorUserId: suspectId },
    },
  };
}
