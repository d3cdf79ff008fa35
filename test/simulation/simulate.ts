import { deploy, type Deployment, type Mutation } from './deployment.js';
import { draw, type Drawn } from './draw.js';
import { judge, type Finding } from './judge.js';
import { createPeople } from './conduct.js';

export interface Simulation {
  readonly seed: number;
  readonly outcome: string | null;
  /** Planned objects of the last plan. */
  readonly objects: number;
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
    const incidentId = await run(deployment, drawn);
    const findings = await judge(deployment, incidentId, drawn);
    const { outcome, plan } = await deployment.incident(incidentId);
    return { seed, outcome, objects: plan?.objects ?? 0, findings };
  } finally {
    deployment.engine.close();
  }
}

/** From the alert to the released actor. Throws when the incident stands still with nothing to wait for. */
async function run(deployment: Deployment, drawn: Drawn): Promise<string> {
  const { engine, tenant, clock } = deployment;
  const incidentId = await deployment.alert(nameOf(drawn.seed));
  const people = createPeople(deployment, incidentId, drawn);
  tenant.faults.set(drawn.faults);
  for (let timers = 0; ; timers += 1) {
    await engine.runUntilIdle();
    if (engine.status(incidentId).runtimeStatus !== 'Running') break;
    if (await people.act()) continue;
    if (!(await engine.advanceToNextTimer())) throw await standstill('waits for nothing');
    if (timers > mostTimers) throw await standstill(`goes on after ${mostTimers} timers`);
  }
  const { runtimeStatus, output } = engine.status(incidentId);
  if (runtimeStatus !== 'Completed') {
    throw await standstill(`${runtimeStatus}: ${JSON.stringify(output)}`);
  }
  clock.moveTo(clock.now() + afterwards);
  tenant.directory.advance(clock.now());
  return incidentId;

  async function standstill(what: string): Promise<Error> {
    const { state, waitingFor, steps } = await deployment.incident(incidentId);
    const lines = steps.map(({ name, state: of, summary }) => `${name} ${of}: ${summary}`);
    return new Error(
      `seed ${drawn.seed} ${what}: ${state}, ${JSON.stringify(waitingFor)}\n${lines.join('\n')}`,
    );
  }
}

const nameOf = (seed: number): string =>
  `00000000-0000-4000-8000-${String(seed).padStart(12, '0')}`;
