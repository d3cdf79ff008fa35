import type { Caller, TenantClock } from './exchange.js';

/** One request, as the meters see it. */
export interface Charge {
  readonly area: 'identity' | 'reports' | 'conditionalAccess' | 'logs';
  readonly caller: Caller;
  /** Resource units (graph fact sheet B.2). */
  readonly units: number;
  readonly write: boolean;
}

export type Metering =
  | {
      readonly allowed: true;
      /** Share of the fullest limit in use; told in a header from 0.8 up. */
      readonly used: number;
    }
  | {
      readonly allowed: false;
      /** Seconds; absent where the service sends no `Retry-After`. */
      readonly retryAfter: string | null;
      readonly scope: string;
      readonly information: string;
      readonly used: number;
    };

interface Limit {
  readonly key: string;
  readonly amount: number;
  readonly limit: number;
  readonly perSeconds: number;
  readonly scope: string;
  readonly information: string;
  readonly silent?: boolean;
}

interface Bucket {
  level: number;
  at: number;
}

/**
 * The documented quotas as token buckets, every window divided by `speed` (graph fact sheet B.2, E.1).
 * A refused request still counts a little, so asking early only makes the wait longer.
 */
export class Quotas {
  readonly #clock: TenantClock;
  readonly #speed: number;
  readonly #tenantId: string;
  readonly #unitLimit: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { clock: TenantClock; speed: number; tenantId: string; users: number }) {
    this.#clock = options.clock;
    this.#speed = options.speed;
    this.#tenantId = options.tenantId;
    this.#unitLimit = options.users < 50 ? 3500 : options.users <= 500 ? 5000 : 8000;
  }

  take(charge: Charge): Metering {
    const limits = this.#limitsFor(charge);
    const levels = limits.map((limit) => this.#bucket(limit));
    let used = 0;
    let refusing: Limit | undefined;
    let waitSeconds = 0;
    limits.forEach((limit, index) => {
      const bucket = levels[index] as Bucket;
      used = Math.max(used, 1 - (bucket.level - limit.amount) / limit.limit);
      if (bucket.level >= limit.amount) return;
      // What this refusal itself costs is part of the wait: whoever waits as told gets through.
      const missing = limit.amount * (1 + penalty) - bucket.level;
      const wait = (missing / limit.limit) * (limit.perSeconds / this.#speed);
      if (refusing === undefined || wait > waitSeconds) refusing = limit;
      waitSeconds = Math.max(waitSeconds, wait);
    });
    limits.forEach((limit, index) => {
      const bucket = levels[index] as Bucket;
      const taken = refusing === undefined ? limit.amount : limit.amount * penalty;
      bucket.level = Math.max(bucket.level - taken, -limit.limit * deepest);
    });
    if (refusing === undefined) return { allowed: true, used: Math.max(0, used) };
    return {
      allowed: false,
      retryAfter: refusing.silent ? null : this.#seconds(waitSeconds),
      scope: `${refusing.scope}/${charge.write ? 'Write' : 'ReadWrite'}/${charge.caller.appId}/${this.#tenantId}`,
      information: refusing.information,
      used: Math.min(1.8, used),
    };
  }

  #limitsFor({ area, caller, units, write }: Charge): Limit[] {
    const app = caller.appId;
    const units1 = { amount: 1, information: 'ResourceUnitLimitExceeded' };
    const global = {
      key: `all/${app}`,
      limit: 130_000,
      perSeconds: 10,
      scope: 'Application',
      ...units1,
    };
    if (area === 'logs') {
      const principal = caller.kind === 'app' ? caller.servicePrincipalId : caller.userId;
      const key = `logs/${principal}`;
      return [{ key, limit: 200, perSeconds: 30, scope: 'Tenant_Application', ...units1 }];
    }
    if (area === 'conditionalAccess') {
      const own = { key: 'ca', limit: 1, perSeconds: 1, scope: 'Tenant', silent: true, ...units1 };
      return [global, own];
    }
    if (area === 'reports') {
      const key = `reports/${app}`;
      return [global, { key, limit: 5, perSeconds: 10, scope: 'Tenant_Application', ...units1 }];
    }
    const reads: Limit = {
      key: `units/${app}`,
      amount: units,
      limit: this.#unitLimit,
      perSeconds: 10,
      scope: 'Tenant_Application',
      information: 'ResourceUnitLimitExceeded',
    };
    if (!write) return [global, reads];
    const writes = { amount: 1, information: 'WriteLimitExceeded' };
    return [
      global,
      reads,
      {
        key: `writes/${app}`,
        limit: 3000,
        perSeconds: 150,
        scope: 'Tenant_Application',
        ...writes,
      },
      { key: 'writes', limit: 18_000, perSeconds: 300, scope: 'Tenant', ...writes },
    ];
  }

  #bucket({ key, limit, perSeconds }: Limit): Bucket {
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = { level: limit, at: now }));
    const refill = ((now - bucket.at) / 1000) * (limit / (perSeconds / this.#speed));
    bucket.level = Math.min(limit, bucket.level + Math.max(0, refill));
    bucket.at = now;
    return bucket;
  }

  /** Whole seconds at the service's own pace now and then, fractions otherwise (B.3). */
  #seconds(wait: number): string {
    const milliseconds = Math.max(1, Math.ceil(wait * 1000));
    if (this.#speed > 1 || milliseconds % 3 === 0) return String(milliseconds / 1000);
    return String(Math.ceil(milliseconds / 1000));
  }
}

const penalty = 0.1;
const deepest = 0.25;
