import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Deployment } from './deployment.js';
import { operatorLeaves, operatorReturns } from './draw-native.js';
import type { Drawn } from './draw.js';
import type { SimulatedPerson } from './people.js';

const everyLine = ['created', 'softDelete', 'policies', 'lockout'];

/** Nobody lends twice before the product can have noticed. */
const lendingTakesMs = 120_000;
/** Whoever is told that it did not work tries again. */
const mostTries = 10;
const triesAgainAfterMs = 30_000;

/** What the people of one incident do, whenever the product waits. */
export interface People {
  /** True when somebody did something, so that the product has to be looked at again. */
  act(): Promise<boolean>;
}

export function createPeople(deployment: Deployment, id: string, drawn: Drawn): People {
  const { clock, tenant } = deployment;
  const seenAt = new Map<string, number>();
  const done = new Set<string>();
  let lent = 0;
  let lentAt = 0;
  let isLentEarly = false;

  /** Does something once, `hesitation` after the first look at it. */
  async function once(key: string, deed: () => Promise<unknown>): Promise<boolean> {
    const since = seenAt.get(key) ?? clock.now();
    seenAt.set(key, since);
    if (done.has(key) || clock.now() < since + drawn.hesitation) return false;
    done.add(key);
    await deed();
    return true;
  }

  async function decide(as: SimulatedPerson, decision: 'approve' | 'reject', planDigest: string) {
    const lines = drawn.lines && decision === 'approve' ? { lines: everyLine } : {};
    return deployment.call('decideOverHttp', { as, id, body: { decision, planDigest, ...lines } });
  }

  async function decideOn({ plan, approvals }: Incident): Promise<boolean> {
    if (plan === null || drawn.conduct === 'letExpire') return false;
    return once(`decide ${plan.digest}`, async () => {
      if (drawn.conduct === 'cancelBefore') {
        await cancel();
        return;
      }
      if (drawn.impostors) await impostors(plan.digest);
      if (drawn.conduct === 'reject') {
        await decide('approver', 'reject', plan.digest);
        return;
      }
      await decide('operator', 'approve', plan.digest);
      await decide('operator', 'approve', plan.digest);
      if (approvals.required.includes('approver')) await decide('approver', 'approve', plan.digest);
    });
  }

  /** None of these may count, whatever they are answered. */
  async function impostors(planDigest: string): Promise<void> {
    for (const person of ['actor', 'outsider', 'reader', 'responder'] as const) {
      await decide(person, 'approve', planDigest);
    }
    await decide('operator', 'approve', `sha256:${'0'.repeat(64)}`);
  }

  /** True as long as the undo needs somebody, or time. */
  async function undo({ execution, undo: view }: Incident): Promise<'acted' | 'waits' | 'over'> {
    if (!drawn.undo || (execution?.applied ?? 0) === 0 || view?.state === 'closed') return 'over';
    if (view === null) {
      const asked = await once('undo', () =>
        deployment.call('undoIncident', { as: 'commander', id, body: {} }),
      );
      return asked ? 'acted' : 'waits';
    }
    const { state, planDigest, approvals } = view;
    if (state !== 'awaitingApproval' || planDigest === null) return 'waits';
    const decided = await once(`undo ${planDigest}`, async () => {
      for (const as of approvals.required) await decide(as, 'approve', planDigest);
    });
    return decided ? 'acted' : 'waits';
  }

  /** The product asks again and again in the rhythm of its reminders; people come when they can. */
  async function lend(): Promise<boolean> {
    if (drawn.native.session === 'never' || clock.now() < lentAt + lendingTakesMs) return false;
    return once(`lend ${lent}`, async () => {
      operatorReturns(deployment);
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const sent = { as: 'operator', id, body: {} } as const;
        const { status } = await deployment.call('lendOperatorSession', sent);
        if (status === 200) break;
        await clock.sleep(triesAgainAfterMs);
      }
      if (lent === 0 && drawn.native.session === 'ends') operatorLeaves(deployment);
      lent += 1;
      lentAt = clock.now();
    });
  }

  /**
   * Once, whatever comes of it. Not beside simulated crashes: those leave activities of runs at work beside
   * the incident alive, which no crash of a process does, so that one job would be asked for twice at once.
   */
  async function lendEarly(): Promise<boolean> {
    const { early, session } = drawn.native;
    if (early === 'no' || session === 'never' || drawn.crash !== 'never') return false;
    return once('lend early', async () => {
      const sent = { as: 'operator', id, body: {} } as const;
      isLentEarly = (await deployment.call('lendOperatorSession', sent)).status === 200;
    });
  }

  const isLeftUnchecked = ({ pointCheck }: Incident): boolean =>
    drawn.native.early === 'waits' && isLentEarly && pointCheck === undefined;

  const cancel = () => deployment.call('cancelIncident', { as: 'commander', id, body: {} });

  async function lastWords({ actors }: Incident): Promise<boolean> {
    return once('release', async () => {
      for (const { id: actorId } of actors) {
        const body = { actorId, decision: drawn.release, note: 'looked into' };
        for (const as of ['commander', 'approver'] as const) {
          await deployment.call('releaseActor', { as, id, body });
        }
      }
    });
  }

  return {
    async act() {
      const incident = await deployment.incident(id);
      switch (incident.state) {
        case 'containing':
          if (incident.waitingFor?.kind !== 'actor') return false;
          return once('name the actor', () =>
            deployment.call('nameActors', {
              as: 'commander',
              id,
              body: { add: [{ userId: tenant.people.actor.id }], note: 'seen at the desk' },
            }),
          );
        case 'awaitingApproval':
          if (await lendEarly()) return true;
          return isLeftUnchecked(incident) ? false : decideOn(incident);
        case 'executing':
          if (drawn.conduct === 'cancelDuring') return once('cancel', cancel);
          if (drawn.conduct === 'holdDuring' && !done.has('hold')) {
            return once('hold', () =>
              deployment.call('holdIncident', { as: 'operator', id, body: {} }),
            );
          }
          if (incident.waitingFor?.kind === 'operatorSession') return lend();
          if (incident.waitingFor?.kind !== 'choice') return false;
          return once(`resume ${incident.waitingFor.since}`, () =>
            deployment.call('resumeIncident', { as: 'operator', id, body: {} }),
          );
        case 'closed': {
          const undone = await undo(incident);
          return undone === 'over' ? lastWords(incident) : undone === 'acted';
        }
        default:
          return false;
      }
    },
  };
}
