import type { LogsQueryClientOptions } from '@azure/monitor-query';
import type { Tenant } from '../../local/tenant/tenant.js';

export type HttpClient = NonNullable<LogsQueryClientOptions['httpClient']>;
type Request = Parameters<HttpClient['sendRequest']>[0];

/** How the logs client's requests reach a tenant in the same process. */
export function httpClientFrom(tenant: Tenant): HttpClient {
  return {
    async sendRequest(request) {
      const headers = Object.fromEntries(
        [...request.headers].map(([name, value]) => [name.toLowerCase(), value]),
      );
      const answer = await tenant.handle({
        method: request.method,
        url: new URL(request.url),
        headers,
        body: Buffer.from((request.body ?? '') as string),
      });
      return {
        request,
        status: answer.status,
        headers: headersLike(request, answer.headers),
        bodyAsText: answer.body,
      };
    },
  };
}

/** The library's own kind of headers, made the way it makes them. */
export function headersLike({ headers }: Request, values: object): Request['headers'] {
  const Headers = headers.constructor as new (values: object) => Request['headers'];
  return new Headers(values);
}
