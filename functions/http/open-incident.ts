import type { InvocationContext } from '@azure/functions';
import { openIncident } from '../../shared/domain/incident/incident-changes.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import type { IncidentRuns } from '../../shared/ports/incident-runs.js';
import { claimTarget, settle } from './claims.js';
import { joinIncident } from './join-incident.js';
import { isoNow, type DoorServices } from './services.js';

export interface Opened {
  readonly incidentId: string;
  /** False for the one delivery that started the incident. */
  readonly deduplicated: boolean;
}

/** How long another delivery that is opening the same incident is given before this one takes over. */
const patienceMs = 2000;
const lookEveryMs = 200;

/**
 * Opens the incident of an intake, or joins the one it belongs to. Every write is create-if-absent or by
 * key, so a process that dies in between leaves work that the next delivery completes; only who creates
 * the incident document starts the run, or who takes over from a creator that fell silent.
 */
export async function openOrJoin(
  services: DoorServices,
  context: InvocationContext,
  intake: Intake,
  by: Person,
): Promise<Opened> {
  const runs = services.runs(context);
  const target = await claimTarget(services.store, intake);
  const { incidentId } = target;
  if (target.state === 'unopened') {
    if (!(await settle(services.store, incidentId))) {
      return openOrJoin(services, context, intake, by);
    }
    if (await createdHere(services, incidentId, intake)) return begin();
  }
  if (target.state !== 'closed' && (await takenOver(services, runs, incidentId))) return begin();
  await joinIncident(services, runs, incidentId, intake, by);
  return { incidentId, deduplicated: true };

  async function begin(): Promise<Opened> {
    const started = await startedHere(services, runs, incidentId, intake, by);
    if (!started) await joinIncident(services, runs, incidentId, intake, by);
    return { incidentId, deduplicated: !started };
  }
}

/** True for the one delivery that made the incident document. */
async function createdHere(
  services: DoorServices,
  incidentId: string,
  intake: Intake,
): Promise<boolean> {
  const { store, policies, settings } = services;
  const base = `${settings.publicUrl}/api/incidents/${incidentId}`;
  return store.createIncident(
    openIncident({
      id: incidentId,
      intake,
      openedAt: isoNow(services),
      policyDigest: (await policies.current()).digest,
      links: {
        self: base,
        plan: `${base}/plan`,
        report: `${base}/report`,
        record: `${base}/record`,
      },
    }),
  );
}

/** Completes what a created incident needs and starts its run; false when somebody else started it. */
async function startedHere(
  services: DoorServices,
  runs: IncidentRuns,
  incidentId: string,
  intake: Intake,
  by: Person,
): Promise<boolean> {
  const { store, policies } = services;
  const inForce = await policies.current();
  await keep('intake', intake);
  const policy = await keep('policy', { policy: inForce.policy, digest: inForce.digest });
  await store.updateIncident(incidentId, (incident) => ({
    ...incident,
    policyDigest: policy.digest,
  }));
  await store.append(incidentId, 'opened', {
    at: isoNow(services),
    kind: 'opened',
    by,
    summary: `Opened by ${intake.source} ${intake.key.value}: ${intake.title}`,
  });
  return (await runs.start(incidentId)) === 'started';

  async function keep<T>(name: string, value: T): Promise<T> {
    const kept = await store.updateDocument<Json>(
      incidentId,
      name,
      (known) => known ?? (value as unknown as Json),
    );
    return kept as unknown as T;
  }
}

/** True when the incident has no run although its creator had time to start one. */
async function takenOver(
  services: DoorServices,
  runs: IncidentRuns,
  incidentId: string,
): Promise<boolean> {
  const { store, clock } = services;
  const deadline = clock.now() + patienceMs;
  while (!(await runs.exists(incidentId))) {
    const incident = await store.readIncident(incidentId);
    if (incident === null || incident.state === 'closed') return false;
    if (clock.now() >= deadline) return claimTurn();
    await clock.sleep(lookEveryMs);
  }
  return false;

  async function claimTurn(): Promise<boolean> {
    const at = clock.now();
    let mine = false;
    await store.updateDocument<{ at: number }>(incidentId, 'takeover', (last) => {
      mine = last === null || at - last.at >= patienceMs;
      return mine || last === null ? { at } : last;
    });
    return mine;
  }
}
