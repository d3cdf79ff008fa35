import type { RetryPolicy } from './actions.js';

const longest = 6 * 86_400_000;

/** Milliseconds to wait after the given failed attempt (1 = the first), growing and capped. */
export function retryDelay(policy: RetryPolicy, attempt: number): number {
  const grown =
    policy.firstRetryIntervalInMilliseconds * (policy.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(grown, policy.maxRetryIntervalInMilliseconds ?? longest);
}

/**
 * When a timer becomes visible. The real back end cuts the delay to whole seconds and some time has
 * always passed since the orchestrator's clock stopped, so a timer of 1,500 ms fires after 1 s and one
 * of 1,000 ms at once; the embedded host wakes as early.
 */
export function timerDueAt(fireAt: number, now: number, exact: boolean): number {
  if (exact) return fireAt;
  const remaining = fireAt - now;
  return remaining <= 0 ? now : now + (Math.ceil(remaining / 1000) - 1) * 1000;
}
