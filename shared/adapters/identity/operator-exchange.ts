import {
  ConfidentialClientApplication,
  InteractionRequiredAuthError,
  LogLevel,
  type AuthenticationResult,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';

/** What an exchange gave. Times in milliseconds since 1970. Secret: sealed or in memory only. */
export interface DelegatedTokens {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly refreshToken: string | null;
}

export type Exchange =
  | { readonly ok: true; readonly tokens: DelegatedTokens }
  | { readonly ok: false; readonly why: 'stepUp'; readonly claims: string }
  | { readonly ok: false; readonly why: 'refused'; readonly message: string };

export interface ExchangeOptions {
  readonly authority: string;
  readonly clientId: string;
  /** How the client proves itself: a fresh signed assertion, or outside Azure a secret. */
  readonly proof:
    | { readonly kind: 'assertion'; readonly read: () => Promise<string> }
    | { readonly kind: 'secret'; readonly value: string };
  readonly scopes: readonly string[];
  readonly now: () => number;
  readonly fetch?: typeof fetch;
}

/**
 * The on-behalf-of exchange by MSAL, without its cache: what is kept, and where, is the session store's
 * business. Messages carry the authority's error number and nothing of what was sent.
 */
export function createOperatorExchange(options: ExchangeOptions) {
  const scopes = [...options.scopes];
  const client = () =>
    new ConfidentialClientApplication({
      auth: {
        clientId: options.clientId,
        authority: options.authority,
        knownAuthorities: [new URL(options.authority).host],
        clientCapabilities: ['cp1'],
        ...(options.proof.kind === 'secret'
          ? { clientSecret: options.proof.value }
          : { clientAssertion: options.proof.read }),
      },
      system: {
        loggerOptions: {
          logLevel: LogLevel.Error,
          piiLoggingEnabled: false,
          loggerCallback: silent,
        },
        ...(options.fetch && { networkClient: networkOver(options.fetch) }),
      },
    });

  return {
    onBehalfOf: (assertion: string): Promise<Exchange> =>
      exchanged((msal) =>
        msal.acquireTokenOnBehalfOf({ oboAssertion: assertion, scopes, skipCache: true }),
      ),
    refresh: (refreshToken: string, claims?: string): Promise<Exchange> =>
      exchanged((msal) =>
        msal.acquireTokenByRefreshToken({
          refreshToken,
          scopes,
          forceCache: true,
          ...(claims !== undefined && { claims }),
        }),
      ),
  };

  async function exchanged(
    ask: (msal: ConfidentialClientApplication) => Promise<AuthenticationResult | null>,
  ): Promise<Exchange> {
    const msal = client();
    try {
      const result = await ask(msal);
      if (result === null) return { ok: false, why: 'refused', message: 'no token was given' };
      const lifetime = (result.expiresOn?.getTime() ?? Date.now()) - Date.now();
      const tokens = {
        accessToken: result.accessToken,
        expiresAt: options.now() + lifetime,
        refreshToken: refreshTokenOf(msal),
      };
      return { ok: true, tokens };
    } catch (error) {
      return refusalOf(error);
    }
  }
}

export type OperatorExchange = ReturnType<typeof createOperatorExchange>;

const silent = (): void => undefined;

/** MSAL keeps refresh tokens to its cache, whose serialised form is its documented way out. */
function refreshTokenOf(msal: ConfidentialClientApplication): string | null {
  const cache = JSON.parse(msal.getTokenCache().serialize()) as {
    RefreshToken?: Record<string, { secret?: unknown }>;
  };
  const [held] = Object.values(cache.RefreshToken ?? {});
  return typeof held?.secret === 'string' ? held.secret : null;
}

function refusalOf(error: unknown): Exchange {
  if (error instanceof InteractionRequiredAuthError && error.claims !== '') {
    return { ok: false, why: 'stepUp', claims: error.claims };
  }
  const { errorCode, message } = (error ?? {}) as { errorCode?: unknown; message?: unknown };
  const number = /AADSTS\d+/.exec(typeof message === 'string' ? message : '')?.[0];
  const code = typeof errorCode === 'string' ? errorCode : 'unknown error';
  return { ok: false, why: 'refused', message: number === undefined ? code : `${number} ${code}` };
}

/** MSAL over the fetch it is given: no redirects, a bounded wait. */
function networkOver(fetcher: typeof fetch): INetworkModule {
  const send = async (url: string, method: string, options?: NetworkRequestOptions) => {
    const response = await fetcher(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
      ...(options?.headers && { headers: options.headers }),
      ...(options?.body !== undefined && { body: options.body }),
    });
    const body: unknown = await response.json();
    return { headers: Object.fromEntries(response.headers), body, status: response.status };
  };
  return {
    sendGetRequestAsync: async <T>(url: string, options?: NetworkRequestOptions) =>
      (await send(url, 'GET', options)) as NetworkResponse<T>,
    sendPostRequestAsync: async <T>(url: string, options?: NetworkRequestOptions) =>
      (await send(url, 'POST', options)) as NetworkResponse<T>,
  };
}
