/** One event in the dress of each dialect: composed by the graph fact sheet, sections D.2 to D.5. */
export interface Told {
  readonly operation: string;
  readonly targets: readonly object[];
  readonly initiatedBy?: object;
  readonly result?: string;
  readonly details?: readonly object[];
}

export const actorId = 'aaaaaaaa-2222-4333-8444-555555555555';
export const userId = 'bbbbbbbb-2222-4333-8444-555555555555';
export const groupId = 'cccccccc-2222-4333-8444-555555555555';
export const principalId = 'dddddddd-2222-4333-8444-555555555555';
export const at = '2026-07-17T13:48:10.9301252Z';

export const byUser = {
  user: {
    id: actorId.toUpperCase(),
    displayName: null,
    userPrincipalName: 'admin@contoso.com',
    ipAddress: '203.0.113.7',
  },
  app: null,
};
export const byApp = {
  user: null,
  app: {
    appId: null,
    displayName: 'HR connector',
    servicePrincipalId: principalId,
    servicePrincipalName: null,
  },
};

export const userTarget = (...modifiedProperties: readonly object[]): object => ({
  id: userId,
  displayName: null,
  type: 'User',
  userPrincipalName: 'u@contoso.com',
  groupType: null,
  modifiedProperties,
});

export const changed = (displayName: string, oldValue: unknown, newValue: unknown): object => ({
  displayName,
  oldValue,
  newValue,
});

/** As Graph's `directoryAudits` has it. */
export const inGraph = (told: Told): object => ({
  id: 'Directory_1_2_3',
  category: 'UserManagement',
  correlationId: 'c-1',
  result: told.result ?? 'success',
  resultReason: '',
  activityDisplayName: told.operation,
  activityDateTime: at,
  loggedByService: 'Core Directory',
  operationType: 'Update',
  initiatedBy: told.initiatedBy ?? byUser,
  targetResources: told.targets,
  additionalDetails: told.details ?? [],
});

/** As a row of `AuditLogs` whose dynamic columns are objects. */
export const inLogs = (told: Told): object => ({
  Id: 'Directory_1_2_3',
  TimeGenerated: at,
  ActivityDateTime: at,
  OperationName: told.operation,
  CorrelationId: 'c-1',
  Result: told.result ?? 'success',
  InitiatedBy: told.initiatedBy ?? byUser,
  TargetResources: told.targets,
  AdditionalDetails: told.details ?? [],
});

/** The same with the initiator's sides as text, as many exports have them. */
export const inLogsWithTextSides = (told: Told): object => {
  const { user, app } = (told.initiatedBy ?? byUser) as { user: unknown; app: unknown };
  return {
    ...inLogs(told),
    InitiatedBy: { user: user ? JSON.stringify(user) : '', app: app ? JSON.stringify(app) : '' },
  };
};

/** The same with every dynamic column as text. */
export const inLogsAsText = (told: Told): object => ({
  ...inLogs(told),
  InitiatedBy: JSON.stringify(told.initiatedBy ?? byUser),
  TargetResources: JSON.stringify(told.targets),
  AdditionalDetails: JSON.stringify(told.details ?? []),
});
