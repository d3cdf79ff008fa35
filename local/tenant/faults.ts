import type { TenantClock, TenantRequest, TenantResponse } from './exchange.js';
import type { Random } from './directory/random.js';

/** The server closes the connection without an answer. */
export class ConnectionReset extends Error {
  constructor() {
    super('The tenant reset the connection.');
    this.name = 'ConnectionReset';
  }
}

export interface FaultAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** One thing that goes wrong, as long as `times` lasts. */
export interface FaultRule {
  readonly match: {
    readonly method?: string;
    /** regular expression over path and query */ readonly path: string;
  };
  readonly times?: number;
  readonly probability?: number;
  readonly answer: FaultAnswer | 'reset' | 'html' | 'empty' | 'hang' | 'applyThenReset';
  /** Milliseconds of the tenant's clock before the answer. */
  readonly delayMs?: number;
}

/** The faults in force. They can be replaced at any time; counts start anew then. */
export class Faults {
  readonly #clock: TenantClock;
  readonly #random: Random;
  #rules: { rule: FaultRule; path: RegExp; left: number }[] = [];

  constructor(clock: TenantClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Replaces all rules. A path that is no regular expression throws SyntaxError and changes nothing. */
  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({
      rule,
      path: new RegExp(rule.match.path),
      left: rule.times ?? Number.POSITIVE_INFINITY,
    }));
  }

  /** The rules that can still strike, with the times they have left. */
  list(): FaultRule[] {
    return this.#rules
      .filter(({ left }) => left > 0)
      .map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, times: left } : rule));
  }

  /** Answers in place of `serve`, or after it, when a rule matches; otherwise just serves. */
  async around(
    request: TenantRequest,
    serve: () => Promise<TenantResponse>,
  ): Promise<TenantResponse> {
    const rule = this.strike(request.method, request.url.pathname + request.url.search);
    if (rule === undefined) return serve();
    if (rule.delayMs !== undefined) await this.#clock.sleep(rule.delayMs);
    switch (rule.answer) {
      case 'reset':
        throw new ConnectionReset();
      case 'applyThenReset':
        await serve();
        throw new ConnectionReset();
      case 'hang':
        await this.#clock.sleep(hangMs);
        throw new ConnectionReset();
      case 'empty':
      case 'html':
        return outage(rule.answer);
      default:
        return answered(rule.answer);
    }
  }

  /** The rule that applies to one request, counted as used. */
  strike(method: string, path: string): FaultRule | undefined {
    for (const candidate of this.#rules) {
      const { rule } = candidate;
      if (candidate.left <= 0 || !candidate.path.test(path)) continue;
      if (rule.match.method !== undefined && rule.match.method !== method) continue;
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      candidate.left -= 1;
      return rule;
    }
    return undefined;
  }
}

/** Something that is no answer of the service: nothing at all, or the page of a gateway. */
export function outage(kind: 'empty' | 'html' | 'reset' | 'hang'): TenantResponse {
  if (kind === 'empty') return { status: 200, headers: {}, body: '' };
  return { status: 503, headers: { 'content-type': 'text/html' }, body: outagePage };
}

/** A fault's answer as a response. */
export function answered({ status, headers = {}, body }: FaultAnswer): TenantResponse {
  if (body === undefined) return { status, headers, body: '' };
  if (typeof body === 'string') return { status, headers, body };
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** No client waits that long. */
export const hangMs = 600_000;
const outagePage =
  '<html><head><title>503</title></head><body><h1>The service is unavailable.</h1></body></html>';
