/** Failures in the words of the real host: code that catches them sees the same text here and there. */

export interface FailureText {
  readonly reason: string;
  readonly details: string;
}

/** COR_E_EXCEPTION, the code of every .NET exception without one of its own. */
const exceptionResult = -2_146_233_088;

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
        Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
        InnerException: null,
        HelpLink: null,
        Source: 'System.Private.CoreLib',
        HResult: exceptionResult,
        StackTrace: '   at the embedded host',
      },
      HelpURL: null,
      StackTraceString: null,
      RemoteStackTraceString: null,
      RemoteStackIndex: 0,
      ExceptionMethod: null,
      HResult: exceptionResult,
      Source: null,
      WatsonBuckets: null,
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
