/** Failures in the words of the real host: code that catches them sees the same text here and there. */

export interface FailureText {
  readonly reason: string;
  readonly details: string;
}

/** What an orchestrator sees of an activity that threw. */
export function activityFailure(name: string, error: Error): FailureText {
  const message = error.message;
  const stack = error.stack ?? `${error.name}: ${message}`;
  return {
    reason: `Activity function '${name}' failed:  ${message}`,
    details: JSON.stringify({
      $type: 'System.Exception, System.Private.CoreLib',
      ClassName: 'System.Exception',
      Message: ` ${message}`,
      Data: null,
      InnerException: {
        $type:
          'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
        IsUserException: false,
        RemoteStackTrace: stack,
        RemoteMessage: message,
        RemoteTypeName: null,
        Message: workerFailure(error),
        Data: null,
        InnerException: null,
        StackTrace: null,
      },
      StackTraceString: null,
    }),
  };
}

/** How the host words an invocation that threw. */
export function workerFailure(error: Error): string {
  return `Result: Failure\nException: ${error.message}\nStack: ${error.stack ?? error.message}`;
}

export const orchestratorFailure = (name: string, message: string): string =>
  `Orchestrator function '${name}' failed: ${message}`;

/** What a parent sees of a child that failed. */
export function childFailure(name: string, message: string): FailureText {
  const reason = message.startsWith('Orchestrator function ')
    ? message
    : orchestratorFailure(name, message);
  const inner = reason.replace(/^Orchestrator function '[^']*' failed: /, '');
  return { reason, details: `Message: ${inner}, StackTrace:    at ${name}` };
}
