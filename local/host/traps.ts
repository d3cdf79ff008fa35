/**
 * A behaviour of the real engine that would hang, mix up results or pass unnoticed there: the embedded
 * host fails the instance at once with these words instead (durable-engine fact sheet, traps table).
 */
export class TrapError extends Error {
  override readonly name = 'TrapError';
}

export const traps = {
  unregistered: (kind: string, name: string, known: readonly string[]) =>
    `${kind} '${name}' is not registered (the real engine would leave the instance Running for ever). Registered: ${known.join(', ') || 'none'}.`,
  bareBoolean: (name: string) =>
    `activity '${name}' was given a bare boolean (the real engine hands it over as the text "True" or "False"). Wrap it in an object.`,
  notJson: (what: string, where: string) =>
    `${what} does not survive JSON unchanged: ${where}. Pass plain JSON values.`,
  noAttempts: (name: string) =>
    `'${name}' is called with a retry of fewer than 1 attempts (the real engine would hang).`,
  retryTimeout: (name: string) =>
    `'${name}' is called with retryTimeoutInMilliseconds, which the SDK's replay ignores while the engine obeys it: the instance could wait for ever. Limit the attempts instead.`,
  retryInAny: (name: string) =>
    `'${name}' is called with a retry inside Task.any (once it has failed, the real engine ends the instance as non-deterministic). Race a sub-orchestration, or retry around the race.`,
  startedAgain: (what: string) =>
    `${what} was started earlier and is given to Task.any or Task.all again (the real engine starts it a second time). Yield the task itself, or make the group once.`,
  numbering:
    'a timer that was raced before is raced again, and new work follows it: the real engine and the SDK number the work differently from there on and mix up results. Make a new timer for each race.',
  nothingToWaitFor:
    'the orchestrator neither finished nor waits for anything (the real engine would leave it Running for ever). It threw something that is not an Error, or waits for a task that nothing can complete.',
  forgotten: (waitsFor: string) =>
    `it waits for nothing that can still happen: ${waitsFor} (the real engine would leave it Running for ever). Rewind it to try the work again, or start it anew.`,
  brokenStep: (reason: string) =>
    `the host could not play its next step: ${reason}. Its history is kept; this is a fault of the host.`,
  callHttp: 'context.df.callHttp is not available on the embedded host. Call from an activity.',
  lock: 'entity locks are not available on the embedded host, nor with this SDK on Azure Storage.',
  unknownAction: (type: number) =>
    `the SDK asked for an action of type ${type}, which the embedded host does not know. Use the version of durable-functions that it was made for.`,
  nonDeterministic: (then: string, now: string) =>
    `Non-Deterministic workflow detected: ${then}, ${now}. The orchestrator did not repeat its history.`,
} as const;
