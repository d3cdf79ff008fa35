/**
 * The only file that touches `context.df`. Everything here follows durable-engine-observed.md: inputs
 * and outputs are checked JSON objects, timers say "look again" and never "time is up", an event task
 * is made once and kept until it is served, and no engine retry is ever raced.
 */
import * as df from 'durable-functions';
import {
  activities,
  orchestrations,
  refusal,
  tenantJobs,
  type ActivityInput,
  type ActivityName,
  type ActivityOutput,
  type ChildName,
  type ChildOutput,
  type EventName,
  type Lease,
  type TenantJobsInput,
  type TenantJobsOperation,
  type OrchestrationInput,
} from '../shared/contracts/catalogue.js';
import type { Policy } from '../shared/domain/policy.js';

/** A part of the playbook: composed with `yield*`, so that results are typed. */
export type Step<T> = Generator<df.Task, T, unknown>;

export interface Playbook {
  readonly context: df.OrchestrationContext;
  readonly incidentId: string;
  /** The rules this run began with; what later rules add is asked of newer runs alone. */
  readonly playbookVersion: number;
  readonly policy: Policy;
  /** What is carried out: the recovery, or the undo of one that has closed. */
  readonly of: 'recovery' | 'undo';
  /** Event tasks that no event has completed yet, by name. */
  readonly waiting: Map<EventName, readonly df.Task[]>;
}

/** An activity answered that repeating it would not help; ends the playbook with that reason. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.code = code;
  }
}

const patientAttempts = 60;

/**
 * Runs an activity until it answers. Throws Refused for refusals; passing faults are retried by the
 * engine with the policy's own waits, for about five hours at the defaults.
 */
export function* call<N extends ActivityName>(
  playbook: Pick<Playbook, 'context'> & { readonly policy: Pick<Policy, 'timing'> | null },
  name: N,
  input: ActivityInput<N>,
): Step<ActivityOutput<N>> {
  const poll = playbook.policy?.timing.pollSeconds ?? { first: 5, max: 300 };
  const retry = new df.RetryOptions(Math.max(1000, poll.first * 1000), patientAttempts);
  retry.backoffCoefficient = 2;
  retry.maxRetryIntervalInMilliseconds = Math.max(1000, poll.max * 1000);
  const answer = yield playbook.context.df.callActivityWithRetry(name, retry, input);
  const refused = refusal.safeParse(answer);
  if (refused.success) throw new Refused(refused.data.refused.code, refused.data.refused.message);
  return activities[name].output.parse(answer) as ActivityOutput<N>;
}

/** The waits that a parent handed on to its child; null, and so the defaults, when it handed on none. */
export const timingOf = (
  pollSeconds: Policy['timing']['pollSeconds'] | undefined,
): Pick<Policy, 'timing'> | null =>
  pollSeconds === undefined ? null : { timing: { pollSeconds } };

/**
 * Runs a child orchestration under an id derived from the incident, by the rules its parent began with, and
 * takes its checked result.
 */
export function* child<N extends ChildName>(
  playbook: Pick<Playbook, 'context' | 'incidentId' | 'playbookVersion'>,
  name: N,
  suffix: string,
  input: Omit<OrchestrationInput<N>, 'playbookVersion' | 'incidentId'>,
): Step<ChildOutput<N>> {
  const { incidentId, playbookVersion } = playbook;
  const answer = yield playbook.context.df.callSubOrchestrator(
    name,
    { playbookVersion, incidentId, ...input },
    `${incidentId}-${suffix}`,
  );
  return orchestrations[name].output.parse(answer) as ChildOutput<N>;
}

/** Asks the entity that keeps the tenant's one native job apart. */
export function* callTenantJobs<O extends TenantJobsOperation>(
  playbook: Pick<Playbook, 'context'>,
  operation: O,
  input: TenantJobsInput<O>,
): Step<Lease> {
  const entity = new df.EntityId(tenantJobs.name, tenantJobs.key);
  return tenantJobs.output.parse(yield playbook.context.df.callEntity(entity, operation, input));
}

/** How long to wait before look number `looks` + 1, milliseconds: doubling between the policy's bounds. */
export function pollDelay(policy: Pick<Policy, 'timing'>, looks: number): number {
  const { first, max } = policy.timing.pollSeconds;
  return Math.min(max, first * 2 ** Math.min(looks, 20)) * 1000;
}

/** The orchestrator's clock, milliseconds UTC: the same on every replay. */
export const nowMs = (playbook: Pick<Playbook, 'context'>): number =>
  playbook.context.df.currentUtcDateTime.getTime();

export const nowIso = (playbook: Pick<Playbook, 'context'>): string =>
  new Date(nowMs(playbook)).toISOString();

/**
 * Waits until `deadline` (ms UTC) or until one of the events arrives, whichever is first. It may return
 * `time` up to a second early: callers compare with the clock. The caller reads the store afterwards,
 * since an event tells only that something changed.
 *
 * The SDK lists an event task again each time it is raced, and would serve a later event to the listed
 * copy of a task that already ended. So every event task is raced exactly once, and those that lost
 * their race are remembered: an event that arrives between two waits completes one of them, and the next
 * wait finds it.
 */
export function* waitUntil(
  playbook: Playbook,
  deadline: number,
  names: readonly EventName[],
): Step<EventName | 'time'> {
  const { df: durable } = playbook.context;
  const early = names.find((name) => takeServed(playbook, name));
  if (early !== undefined) return early;

  const open = names.map((name) => ({ name, task: durable.waitForExternalEvent(name) }));
  for (const { name, task } of open) {
    playbook.waiting.set(name, [...(playbook.waiting.get(name) ?? []), task]);
  }
  const timer = durable.createTimer(nextLook(nowMs(playbook), deadline));
  yield durable.Task.any([...open.map(({ task }) => task), timer]);
  if (!timer.isCompleted) timer.cancel();
  return names.find((name) => takeServed(playbook, name)) ?? 'time';
}

/** Forgets one event task of this name that an event has completed; false when there is none. */
function takeServed(playbook: Playbook, name: EventName): boolean {
  const tasks = playbook.waiting.get(name) ?? [];
  const served = tasks.find((task) => task.isCompleted);
  if (served === undefined) return false;
  playbook.waiting.set(
    name,
    tasks.filter((task) => task !== served),
  );
  return true;
}

/** Waits at least until `deadline` (ms UTC). */
export function* sleepUntil(playbook: Pick<Playbook, 'context'>, deadline: number): Step<void> {
  do {
    yield playbook.context.df.createTimer(nextLook(nowMs(playbook), deadline));
  } while (nowMs(playbook) < deadline);
}

/** Due times are cut to whole seconds by the engine, and a timer of a second fires at once. */
function nextLook(now: number, deadline: number): Date {
  return new Date(Math.ceil(Math.max(deadline, now + 2000) / 1000) * 1000);
}
