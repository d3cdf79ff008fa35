/** What the SDK answers after a replay: the calls that the orchestrator has made so far. */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

export interface RetryPolicy {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

export interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly instanceId?: string;
  readonly retryOptions?: RetryPolicy;
  readonly fireAt?: Date | string;
  readonly isCanceled?: boolean;
  readonly externalEventName?: string;
  readonly operation?: string;
  readonly compoundActions?: readonly Action[];
}

export interface Answer {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
}

/** What a step makes the host do, in the order of its ids. */
export type Command =
  | { kind: 'activity'; id: number; name: string; action: Action }
  | { kind: 'child'; id: number; name: string; action: Action }
  | { kind: 'timer'; id: number; fireAt: number; exact: boolean }
  | {
      kind: 'entity';
      id: number;
      name: string;
      action: Action;
      requestId: string;
      signal: boolean;
    };

const failureLabel = '\n\n$OutOfProcData$:';

/** The answer inside the error that the SDK throws for a failed orchestrator, if it is one. */
export function answerInError(error: Error): Answer | undefined {
  const at = error.message.indexOf(failureLabel);
  return at < 0 ? undefined : (JSON.parse(error.message.slice(at + failureLabel.length)) as Answer);
}
