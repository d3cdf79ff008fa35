/** What a caller wants of Graph, before the middleware chain sees it. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Built with `graphPath`; relative to the version segment. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether the request may be sent again when it is not known what became of it (timeout, reset,
   * 5xx, unreadable answer). False for writes whose second application is not the same as the first:
   * then only answers that prove "not applied" are followed by another attempt.
   */
  readonly repeatable: boolean;
  /** False: a 429 is an answer for the caller instead of a reason to wait. */
  readonly waitWhenThrottled?: boolean;
}

/** Graph's answer, read and parsed. Statuses 2xx and refusals 4xx arrive here; faults are thrown. */
export interface GraphAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Parsed JSON, or null when there is no body. */
  readonly body: unknown;
  readonly requestId: string | null;
  /** An earlier attempt of this request may have been applied without our seeing the answer. */
  readonly afterUnknown: boolean;
}

/**
 * A path from constants and values: every value is percent-encoded, so that a name with `#`, `/` or a
 * quote cannot change which resource is called (graph fact sheet B.6).
 */
export function graphPath(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce(
    (path, part, index) => `${path}${encodeURIComponent(values[index - 1] ?? '')}${part}`,
  );
}

/** A literal inside an OData expression; quotes are doubled. */
export const odataText = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Code and message of Graph's error envelope; null for anything that is not one. */
export function graphErrorOf(body: unknown): { code: string; message: string } | null {
  const error = (body as { error?: unknown } | null)?.error as
    { code?: unknown; message?: unknown } | undefined;
  if (typeof error?.code !== 'string') return null;
  return { code: error.code, message: typeof error.message === 'string' ? error.message : '' };
}

/**
 * Whether a success that carries a body is Graph's own. Graph answers a write with 204, or with a body
 * that names its OData context or type (`Accept: application/json` means minimal metadata, OData JSON 3.1);
 * anything else comes from something between us and Graph, and says nothing of what was done (I9).
 */
export function isGraphBody(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const tags = body as { '@odata.context'?: unknown; '@odata.type'?: unknown };
  return typeof tags['@odata.context'] === 'string' || typeof tags['@odata.type'] === 'string';
}
