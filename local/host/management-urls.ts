export const webhookPath = '/runtime/webhooks/durabletask';

export interface UrlSettings {
  /** `http://host:port` as clients reach the host. */
  readonly origin: string;
  readonly hubName: string;
  readonly systemKey: string;
}

/** The links to one instance; the id may be a placeholder. `rewind` is only in the client's own set. */
export function managementUrls(settings: UrlSettings, id: string): Record<string, string> {
  const base = `${settings.origin}${webhookPath}/instances/${encodeURIComponent(id)}`;
  const query = `taskHub=${settings.hubName}&connection=Storage&code=${settings.systemKey}`;
  return {
    id,
    statusQueryGetUri: `${base}?${query}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${base}/terminate?reason={text}&${query}`,
    rewindPostUri: `${base}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${base}?${query}`,
    restartPostUri: `${base}/restart?${query}`,
    suspendPostUri: `${base}/suspend?reason={text}&${query}`,
    resumePostUri: `${base}/resume?reason={text}&${query}`,
  };
}

/** What a `durableClient` input hands to a function. The client calls `rpcBaseUrl`. */
export function durableClientValue(settings: UrlSettings, rpcBaseUrl: string): object {
  const base = `${settings.origin}${webhookPath}`;
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  const key = `code=${settings.systemKey}`;
  return {
    taskHubName: settings.hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${create}?${key}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${key}`,
    },
    managementUrls: managementUrls(settings, 'INSTANCEID'),
    baseUrl: base,
    requiredQueryStringParameters: key,
    rpcBaseUrl,
    httpBaseUrl: null,
  };
}
