import { SpanKind } from '@opentelemetry/api';
import type { LogsQueryClientOptions } from '@azure/monitor-query';
import { routeTemplate } from './route-template.js';
import type { Tracing } from './tracing.js';

type AdditionalPolicy = NonNullable<LogsQueryClientOptions['additionalPolicies']>[number];

const answered = ({ status }: { readonly status: number }) => ({
  attributes: { 'http.response.status_code': status },
  failed: status >= 400,
});

/** How much of a URL may be told. Paths of webhooks are secrets. */
export type Telling = 'route' | 'host';

function described(service: string, method: string, address: string, telling: Telling) {
  const url = new URL(address);
  const route = telling === 'route' ? routeTemplate(url.pathname) : null;
  return {
    name: route === null ? `${method} ${service}` : `${method} ${route}`,
    kind: SpanKind.CLIENT,
    incidentId: null,
    attributes: {
      'http.request.method': method,
      'server.address': url.hostname,
      'peer.service': service,
      ...(route !== null && { 'url.template': route }),
    },
  };
}

/** A fetch whose every exchange is a span: one per attempt, so that retries show. */
export function tracedFetch(
  tracing: Tracing,
  service: string,
  telling: Telling,
  fetcher: typeof fetch = fetch,
): typeof fetch {
  return (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    return tracing.traced({
      ...described(service, method, address, telling),
      run: () => fetcher(input, init),
      tell: answered,
    });
  };
}

/** The same for the pipeline of an Azure SDK. */
export function tracedPipeline(tracing: Tracing, service: string): AdditionalPolicy {
  return {
    position: 'perRetry',
    policy: {
      name: 'tracedPipeline',
      sendRequest: (request, next) =>
        tracing.traced({
          ...described(service, request.method, request.url, 'route'),
          run: () => next(request),
          tell: answered,
        }),
    },
  };
}
