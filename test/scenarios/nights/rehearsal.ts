import { isDeepStrictEqual } from 'node:util';
import type { DirectoryObject } from '../../../local/tenant/directory/model.js';
import type { View } from '../../../local/tenant/directory/view.js';
import type { Incident, PlanView } from '../../../shared/domain/incident/incident.js';
import type { ApprovalRole } from '../../../shared/domain/approval/approval.js';
import type { Policy } from '../../../shared/domain/policy.js';
import type { SimulatedPerson } from '../../simulation/people.js';
import { deploy, start, type Deployment } from '../../simulation/deployment.js';

const minute = 60_000;
const mostTimers = 500;
/** Long enough for what others do after the start. */
const afterwards = 60 * minute;

export interface RehearsalOptions {
  readonly scenario: string;
  readonly users: number;
  readonly seed?: number;
  /** Who decides in the place of operator and approver. */
  readonly deciders?: Readonly<Record<ApprovalRole, SimulatedPerson>>;
  readonly policy?: (policy: Policy) => Policy;
  /** The commander undoes the recovery after its end. */
  readonly undo?: boolean;
  /** Looks at every state in which the product waits; true when something was done. */
  readonly meanwhile?: (incident: Incident, deployment: Deployment) => Promise<boolean>;
}

/** A whole incident after its end: what the product says, and what the tenant knows. */
export interface Rehearsal {
  readonly deployment: Deployment;
  readonly id: string;
  readonly incident: Incident;
  /** Ids of a fact of the scenario; throws when there are none, so that nothing is judged by an empty list. */
  fact(name: string): readonly string[];
  /** The directory before the actor's first write. */
  readonly before: View;
  readonly now: View;
  /** Objects and facts that the product wrote, e.g. `ID accountEnabled` or `GROUP members/PERSON`. */
  readonly written: ReadonlySet<string>;
  /** Residual entries about an object. */
  residualOf(objectId: string): readonly string[];
}

const ordinary = { operator: 'operator', approver: 'approver' } as const;

/**
 * Plays a scenario to its end in one process: the real product on the real engine against the simulated
 * tenant, on one virtual clock. Both approvers approve what is asked, with every line the plan has. The tenant is
 * judged an hour after the incident closed, when others have done all they do.
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { scenario, users, seed = 1, policy, deciders = ordinary, meanwhile } = options;
  const deployment = deploy({ seed, users, scenario, ...(policy && { policy }) });
  const { engine, clock, tenant } = deployment;
  const id = await deployment.alert('00000000-0000-4000-8000-00000000a1e7');
  const decided = new Set<string>();

  for (let timers = 0; ; timers += 1) {
    await engine.runUntilIdle();
    const incident = await deployment.incident(id);
    if (incident.state === 'closed') break;
    if ((await meanwhile?.(incident, deployment)) === true) continue;
    if (await decide(incident)) continue;
    if (timers > mostTimers || !(await engine.advanceToNextTimer())) {
      throw new Error(`${scenario} stands still: ${JSON.stringify(incident.waitingFor)}`);
    }
  }
  clock.moveTo(clock.now() + afterwards);
  tenant.directory.advance(clock.now());
  if (options.undo === true) await undo();
  const incident = await deployment.incident(id);
  engine.close();

  const { facts, ids } = tenant.world;
  return {
    deployment,
    id,
    incident,
    fact: (name) => {
      const found = facts[name] ?? [];
      if (found.length === 0) throw new Error(`${scenario} has no fact ${name}`);
      return found;
    },
    before: tenant.directory.asOf(start - 10 * minute),
    now: tenant.directory.now,
    written: writtenBy(deployment, ids.ourServicePrincipalId),
    residualOf: (objectId) =>
      incident.residual.filter((one) => one.objectId === objectId).map(({ todo }) => todo),
  };

  async function decide({ state, plan, approvals }: Incident): Promise<boolean> {
    if (state !== 'awaitingApproval' || plan === null || decided.has(plan.digest)) return false;
    await approve(plan, approvals.required);
    return true;
  }

  async function approve(plan: PlanView, required: readonly ApprovalRole[]): Promise<void> {
    decided.add(plan.digest);
    const named = plan.lines?.map(({ line }) => line) ?? [];
    const lines = named.length > 0 ? { lines: named } : {};
    for (const role of required) {
      const body = { decision: 'approve', planDigest: plan.digest, ...lines };
      const answer = await deployment.call('decideOverHttp', { as: deciders[role], id, body });
      if (answer.status !== 202) {
        throw new Error(`${deciders[role]} was answered ${JSON.stringify(answer)}`);
      }
    }
  }

  async function undo(): Promise<void> {
    const asked = deployment.call('undoIncident', { as: 'commander', id, body: {} });
    for (let timers = 0; ; timers += 1) {
      await engine.runUntilIdle();
      const { undo: view } = await deployment.incident(id);
      if (view?.state === 'closed') break;
      if (
        view?.state === 'awaitingApproval' &&
        view.plan !== null &&
        !decided.has(view.plan.digest)
      ) {
        await approve(view.plan, view.approvals.required);
        continue;
      }
      if (timers > mostTimers || !(await engine.advanceToNextTimer())) {
        throw new Error(`the undo stands still: ${JSON.stringify(view)}`);
      }
    }
    const { status } = await asked;
    if (status !== 202) throw new Error(`the undo was answered ${status}`);
  }
}

function writtenBy({ tenant }: Deployment, ourId: string): ReadonlySet<string> {
  const written = new Set<string>();
  for (const entry of tenant.journal.since()) {
    if (entry.caller?.oid !== ourId) continue;
    for (const { objectId, property, link, before, after } of (entry.batch ?? [entry]).flatMap(
      ({ writes }) => writes,
    )) {
      const what = link === undefined ? property : `${link}/${(after ?? before) as string}`;
      written.add(`${objectId} ${what}`);
    }
  }
  return written;
}

/**
 * Of some objects those that are neither back nor named in the residual with what to do: rows of the trail
 * that come after the scope has settled are listed, not written.
 */
export const forgotten = (
  { incident, residualOf }: Rehearsal,
  ids: readonly string[],
  isBack: (id: string) => boolean,
): string[] => {
  const open = ids.filter((id) => !isBack(id));
  const late = incident.warnings.some((one) => one.startsWith('LATE ROWS'));
  return open.filter((id) => !late || residualOf(id).length === 0);
};

/** Whether the product wrote anything of this object. */
export const isTouched = ({ written }: Rehearsal, objectId: string): boolean =>
  [...written].some((one) => one.startsWith(`${objectId} `));

/** A property now, or before the incident. */
export const valueIn = (view: View, id: string, name: string): unknown =>
  propertiesIn(view, id)[name] ?? null;

function propertiesIn(view: View, id: string): DirectoryObject['properties'] {
  return (view.get(id) ?? view.deleted(id))?.properties ?? {};
}

/** What tells when an object was written, not what it is. */
const stamps = new Set([
  'modifiedDateTime',
  'lastModifiedDateTime',
  'signInSessionsValidFromDateTime',
]);

/** Names of properties that differ between then and now. */
export function changedOf({ before, now }: Rehearsal, id: string): string[] {
  const then = propertiesIn(before, id);
  const today = propertiesIn(now, id);
  return Object.keys({ ...then, ...today })
    .filter((name) => !isDeepStrictEqual(then[name], today[name]) && !stamps.has(name))
    .sort();
}
