import { randomUUID } from 'node:crypto';
import type { Correlation, HostLog } from './host-log.js';
import { jsonText } from './json-values.js';
import type { InvocationResponse, TypedData } from './programming-model.js';
import type { RegisteredFunction, Registrations } from './registrations.js';

export interface Invocation {
  /** The trigger's value as the worker protocol carries it. */
  readonly trigger?: TypedData;
  /** Instead of `trigger`: a value handed over as it is, without a JSON round trip. */
  readonly inputs?: unknown[];
  readonly extra?: Readonly<Record<string, TypedData>>;
  readonly metadata?: Record<string, TypedData>;
}

export interface InvocationResult {
  readonly result: unknown;
  readonly invocationId: string;
  /** Converts the result the way the worker does; it throws for what cannot be converted. */
  respond(): Promise<InvocationResponse>;
}

/** The instance that an orchestrator or an activity runs for. */
function instanceOf({ inputs, metadata }: Invocation): Correlation {
  const [trigger] = inputs ?? [];
  const own = (trigger as { instanceId?: unknown } | undefined)?.instanceId;
  if (typeof own === 'string') return { instanceId: own };
  const parents = metadata?.['instanceId']?.json;
  return typeof parents === 'string' ? { instanceId: JSON.parse(parents) as string } : {};
}

/** Runs one function through its programming model: arguments, hooks, handler, hooks, answer. */
export async function invokeFunction(
  registrations: Registrations,
  fn: RegisteredFunction,
  invocation: Invocation,
  log: HostLog,
): Promise<InvocationResult> {
  const { model } = registrations;
  if (!model) throw new Error('The app has set no programming model.');
  const invocationId = randomUUID();
  const about = { functionName: fn.name, invocationId, ...instanceOf(invocation) };
  const inputData = Object.entries(invocation.extra ?? {}).map(([name, data]) => ({ name, data }));
  if (invocation.trigger) inputData.unshift({ name: fn.triggerName, data: invocation.trigger });
  const core = {
    invocationId,
    request: {
      invocationId,
      functionId: fn.name,
      inputData,
      triggerMetadata: invocation.metadata ?? {},
      traceContext: null,
      retryContext: null,
    },
    metadata: fn.metadata,
    state: undefined as 'preInvocationHooks' | 'postInvocationHooks' | 'invocation' | undefined,
    log: (level: string, category: string, message: string) =>
      writeLog(registrations, log, level, category, message, about, given.context),
  };
  const given: { context?: object } = {};
  const invocationModel = model.getInvocationModel(core as never);
  const prepared = await invocationModel.getArguments();
  const { context } = prepared;
  given.context = context;
  const { hookData } = registrations;
  const before = {
    hookData: {},
    appHookData: hookData,
    invocationContext: context,
    functionCallback: fn.handler,
    inputs: invocation.inputs ?? prepared.inputs,
  };
  core.state = 'preInvocationHooks';
  if (registrations.has('preInvocation')) await registrations.run('preInvocation', before);
  core.state = 'invocation';
  const after = { ...before, result: null as unknown, error: null as unknown };
  try {
    after.result = await inTime(
      invocationModel.invokeFunction(context, before.inputs, before.functionCallback),
      registrations.functionTimeout,
      fn.name,
    );
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  if (registrations.has('postInvocation')) await registrations.run('postInvocation', after);
  if (after.error !== null && after.error !== undefined) throw asError(after.error);
  const { result } = after;
  return { result, invocationId, respond: () => invocationModel.getResponse(context, result) };
}

const longestTimer = 2 ** 31 - 1;

/**
 * The result of a function, or an error when it takes longer than host.json allows. It cannot be
 * stopped: what it still does is not waited for, and its result is dropped.
 */
async function inTime(result: Promise<unknown>, limit: number, name: string): Promise<unknown> {
  if (limit > longestTimer) return result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new Error(
            `Function '${name}' did not answer within ${limit / 1000} s (functionTimeout in host.json). What it does may still go on; its result is dropped.`,
          ),
        ),
      limit,
    );
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A thrown value as the worker reports it: texts become messages, other things their JSON. */
export function asError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  if (typeof thrown === 'string') return new Error(thrown);
  return new Error(jsonText(thrown) ?? typeof thrown);
}

/** Also for errors of another realm, such as a test runner's. */
const isError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';

function writeLog(
  registrations: Registrations,
  log: HostLog,
  level: string,
  category: string,
  message: string,
  about: Correlation & { readonly functionName: string },
  invocationContext: object | undefined,
): void {
  const line = { level, category, message, invocationContext, hookData: {} };
  if (registrations.has('log')) registrations.runLog(line);
  log(line.level, category === 'user' ? about.functionName : category, line.message, about);
}
