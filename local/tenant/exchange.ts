/** One HTTP exchange with the simulated tenant, free of sockets so that tests can call it in process. */
export interface TenantRequest {
  readonly method: string;
  /** Absolute; the origin is the tenant's own. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface TenantResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who a verified bearer token speaks for. `null` where a service answers 401. */
export type Caller =
  | {
      readonly kind: 'app';
      readonly appId: string;
      readonly servicePrincipalId: string;
      readonly audience: string;
      readonly roles: readonly string[];
    }
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly appId: string;
      readonly audience: string;
      readonly scopes: readonly string[];
      readonly roles: readonly string[];
    };

/** A part of the tenant (Graph, logs, identity, Bot Connector) answers requests below its own paths. */
export type Service = (request: TenantRequest, caller: Caller | null) => Promise<TenantResponse>;

/** The tenant's clock: real time unless a test injects its own. Milliseconds since 1970, UTC. */
export interface TenantClock {
  now(): number;
  /** Resolves after `ms` of this clock. */
  sleep(ms: number): Promise<void>;
}

/** Answers with a JSON body. */
export function json(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): TenantResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: value === undefined ? '' : JSON.stringify(value),
  };
}
