import type { InvocationContext } from '@azure/functions';
import { RewindError, statusOfCode, type Code } from '../../shared/errors.js';
import type { Answer, Problem } from './door.js';
import { RateLimited } from './rate-limit.js';

/**
 * What a failure looks like from outside. Codes without a status and everything that is no RewindError
 * are our own trouble: 500 with the invocation to look for in the log, no more. Identities that cannot be
 * checked for the moment are 503: senders of alerts try again on it (inbound fact sheet A.8, A.9).
 */
export function problemOf(error: unknown, context: InvocationContext): Problem {
  const status = error instanceof RewindError ? statusOfCode[error.code] : null;
  if (!(error instanceof RewindError) || status === null || status === 500) {
    context.error(`unexpected: ${describe(error)}`);
    const detail = `Something failed inside. Invocation ${context.invocationId} says more in the log.`;
    return { status: 500, code: 'INVARIANT_BROKEN', detail, errors: [], headers: {} };
  }
  if (status === 503) context.warn(describe(error));
  const { code, message, issues } = error;
  return { status, code, detail: message, errors: issues, headers: headersOf(error) };
}

/** The problem+json answer of contract section 3. */
export function problemAnswer({ status, code, detail, errors, headers }: Problem): Answer {
  const body = {
    type: `urn:entra-rewind:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: titles[code] ?? code,
    status,
    code,
    detail,
    ...(errors.length > 0 ? { errors } : {}),
  };
  const content = { type: 'application/problem+json', body: JSON.stringify(body) };
  return { status, content, headers };
}

const titles: Partial<Record<Code, string>> = {
  VALIDATION_FAILED: 'The request does not fit',
  PAYLOAD_TOO_LARGE: 'The body is too large',
  UNAUTHENTICATED: 'Not authenticated',
  NOT_PERMITTED: 'Not permitted',
  DECIDER_IS_ACTOR: 'An actor of the incident decides nothing',
  DECIDER_IS_DIAGNOSTICIAN: 'A diagnostician of the plan does not approve it',
  DECIDER_NOT_PINNED: 'The policy does not name this person',
  DECIDER_ALREADY_DECIDED: 'This person has decided already',
  PLAN_SUPERSEDED: 'Another plan is in force',
  NOT_AWAITING_APPROVAL: 'Nothing waits for this',
  APPROVAL_EXPIRED: 'The time to decide is over',
  INCIDENT_NOT_FOUND: 'No such incident',
  INCIDENT_CLOSED: 'The incident is closed',
  INCIDENT_NOT_CLOSED: 'The incident is not closed',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key belongs to another request',
  BODY_UNREADABLE: 'The body cannot be read',
  RATE_LIMITED: 'Too many requests',
  IDENTITY_UNAVAILABLE: 'Who asks cannot be established now',
  INVARIANT_BROKEN: 'Internal failure',
};

function headersOf(error: RewindError): Record<string, string> {
  if (error instanceof RateLimited) return { 'retry-after': String(error.retryAfterSeconds) };
  if (error.code === 'IDENTITY_UNAVAILABLE') return { 'retry-after': '20' };
  return error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
}

/** Name and message only: stacks and causes of foreign errors can carry request headers. */
function describe(error: unknown): string {
  if (error instanceof RewindError) return `${error.code} ${error.message}`;
  return error instanceof Error ? `${error.name} ${error.message}` : typeof error;
}
