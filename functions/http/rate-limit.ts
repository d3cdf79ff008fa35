import { RewindError } from '../../shared/errors.js';

/** What one person may ask at once and, in the long run, per second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Generous to a console that polls, hopeless for a loop that hammers. */
export const rates = {
  GET: { burst: 1200, perSecond: 40 },
  POST: { burst: 240, perSecond: 4 },
} as const satisfies Record<string, Rate>;

/** 429 with the seconds after which it is worth asking again. */
export class RateLimited extends RewindError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', `Too many requests. Ask again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const mostPeople = 10_000;

/** A token bucket per person and kind of request, in this process alone. Throws RateLimited. */
export function createRateLimit(
  now: () => number,
): (person: string, method: 'GET' | 'POST') => void {
  const buckets = new Map<string, { tokens: number; at: number }>();

  return (person, method) => {
    const { burst, perSecond } = rates[method];
    const key = `${method} ${person}`;
    const at = now();
    const before = buckets.get(key) ?? { tokens: burst, at };
    const tokens = Math.min(burst, before.tokens + ((at - before.at) / 1000) * perSecond);
    if (tokens < 1) throw new RateLimited(Math.ceil((1 - tokens) / perSecond));
    if (buckets.size >= mostPeople) buckets.clear();
    buckets.set(key, { tokens: tokens - 1, at });
  };
}
