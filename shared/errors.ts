/** Every stable code of contract section 6. Codes without an HTTP status appear in the incident only. */
export const statusOfCode = {
  VALIDATION_FAILED: 422,
  PAYLOAD_TOO_LARGE: 413,
  UNAUTHENTICATED: 401,
  NOT_PERMITTED: 403,
  DECIDER_IS_ACTOR: 403,
  DECIDER_IS_DIAGNOSTICIAN: 403,
  DECIDER_NOT_PINNED: 403,
  DECIDER_ALREADY_DECIDED: 409,
  PLAN_SUPERSEDED: 409,
  NOT_AWAITING_APPROVAL: 409,
  APPROVAL_EXPIRED: 409,
  INCIDENT_NOT_FOUND: 404,
  INCIDENT_CLOSED: 409,
  INCIDENT_NOT_CLOSED: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  BODY_UNREADABLE: 400,
  RATE_LIMITED: 429,
  IDENTITY_UNAVAILABLE: 503,
  INVARIANT_BROKEN: 500,
  ACTOR_UNRESOLVED: null,
  ACTOR_PROTECTED: null,
  NO_RECOVERY_POINT: null,
  OPERATOR_SESSION_REQUIRED: null,
  RECOVERY_JOB_RUNNING: null,
  GRAPH_THROTTLED: null,
  GRAPH_UNAVAILABLE: null,
  GRAPH_REJECTED: null,
} as const satisfies Record<string, number | null>;

export type Code = keyof typeof statusOfCode;

/** One thing wrong with a body: where (dotted path), a stable code, a sentence. */
export interface Issue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/**
 * A failure with a stable code. Messages state the fact and then what to do, and carry no secret: they
 * end up in histories and logs. `retryable` tells whether the same call might succeed later.
 */
export class RewindError extends Error {
  readonly code: Code;
  readonly retryable: boolean;
  readonly issues: readonly Issue[];

  constructor(
    code: Code,
    message: string,
    options: { cause?: unknown; retryable?: boolean; issues?: readonly Issue[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RewindError';
    this.code = code;
    this.retryable =
      options.retryable ?? (code === 'GRAPH_THROTTLED' || code === 'GRAPH_UNAVAILABLE');
    this.issues = options.issues ?? [];
  }
}

/** For what must not happen whatever the outside does: a bug of ours, said loudly. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new RewindError('INVARIANT_BROKEN', message);
}
