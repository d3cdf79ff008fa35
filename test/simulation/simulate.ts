import { deploy, type Deployment, type Mutation } from './deployment.js';
import { setService } from './draw-native.js';
import { draw, type Drawn } from './draw.js';
import { judge } from './judge.js';
import type { Finding } from './finding.js';
import { createPeople } from './conduct.js';

export interface Simulation {
  readonly seed: number;
  readonly outcome: string | null;
  /** Planned objects of the last plan. */
  readonly objects: number;
  /** Recoveries that the tenant's own service carried out. */
  readonly nativeRecoveries: number;
  /** Broken promises; none is the only good answer. */
  readonly findings: readonly Finding[];
}

const mostTimers = 900;
/** Long after everything that others still do. */
const afterwards = 90 * 60_000;

/**
 * One incident that the seed decides: directory, actor, other people's work, faults, crashes, and what the
 * people of the incident do. The whole product runs, on real replay and a virtual clock; then the tenant's
 * own journal and state are judged against the invariants (safety.md).
 */
export async function simulate(seed: number, mutation?: Mutation): Promise<Simulation> {
  const drawn = draw(seed);
  const deployment = deploy({
    seed,
    users: drawn.users,
    crash: drawn.crash,
    policy: drawn.policy,
    ...(mutation && { mutation }),
  });
  try {
    const incidentId = await deployment.alert(nameOf(seed));
    await run(deployment, drawn, [incidentId]);
    const findings = await judge(deployment, incidentId, drawn);
    const { outcome, plan } = await deployment.incident(incidentId);
    const jobs = deployment.tenant.world.recovery.jobs(0);
    const nativeRecoveries = jobs.filter(({ kind }) => kind === 'recovery').length;
    return { seed, outcome, objects: plan?.objects ?? 0, nativeRecoveries, findings };
  } finally {
    deployment.engine.close();
  }
}

/**
 * From the alerts to the released actors. Throws when an incident stands still with nothing to wait for.
 */
export async function run(
  deployment: Deployment,
  drawn: Drawn,
  incidentIds: readonly string[],
): Promise<void> {
  const { engine, tenant, clock } = deployment;
  const people = incidentIds.map((id) => createPeople(deployment, id, drawn));
  tenant.faults.set(drawn.faults);
  setService(deployment, drawn.native);
  for (let timers = 0; ; timers += 1) {
    await engine.runUntilIdle();
    const open = incidentIds.filter((id) => engine.status(id).runtimeStatus === 'Running');
    if (open.length === 0) break;
    let acted = false;
    for (const person of people) acted = (await person.act()) || acted;
    if (acted) continue;
    if (!(await engine.advanceToNextTimer())) throw await standstill(open, 'waits for nothing');
    if (timers > mostTimers) throw await standstill(open, `goes on after ${mostTimers} timers`);
  }
  for (const id of incidentIds) {
    const { runtimeStatus, output } = engine.status(id);
    if (runtimeStatus !== 'Completed') {
      throw await standstill([id], `${runtimeStatus}: ${JSON.stringify(output)}`);
    }
  }
  clock.moveTo(clock.now() + afterwards);
  tenant.directory.advance(clock.now());

  async function standstill([id = '']: readonly string[], what: string): Promise<Error> {
    const { state, waitingFor, steps } = await deployment.incident(id);
    const lines = steps.map(({ name, state: of, summary }) => `${name} ${of}: ${summary}`);
    return new Error(
      `seed ${drawn.seed} ${what}: ${state}, ${JSON.stringify(waitingFor)}\n${lines.join('\n')}`,
    );
  }
}

export const nameOf = (seed: number): string =>
  `00000000-0000-4000-8000-${String(seed).padStart(12, '0')}`;
