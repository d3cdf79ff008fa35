import { hour, minute } from '../../../local/tenant/directory/instants.js';
import type { Initiator, Properties } from '../../../local/tenant/directory/model.js';
import type { Caller } from '../../../local/tenant/exchange.js';
import { snapshotId } from '../../../local/tenant/recovery/snapshots.js';
import type { PersonName } from '../../../local/tenant/scenarios/world.js';
import { rig, userCaller, type Answer, type Rig } from '../graph/support.js';

export const allScopes = [
  'EntraBackup.Read.All',
  'EntraBackup.ReadWrite.Preview',
  'EntraBackup.ReadWrite.Recovery',
];
export const prefer = { prefer: 'include-unknown-enum-members' };
export const filterTypes = '#microsoft.graph.entraRecoveryServices.recoveryJobEntityNamesFilter';
export const filterIds = '#microsoft.graph.entraRecoveryServices.recoveryJobEntityNameAndIdsFilter';

/** A filter body over types. */
export const ofTypes = (...entityTypes: string[]) => ({
  filteringCriteria: { '@odata.type': filterTypes, entityTypes },
});

/** A filter body over ids of types. */
export const ofIds = (idsByType: Readonly<Record<string, readonly string[]>>) => ({
  filteringCriteria: {
    '@odata.type': filterIds,
    filterValues: Object.entries(idsByType).map(([entityType, entityIds]) => ({
      entityType,
      entityIds,
    })),
  },
});

export interface RecoveryRig extends Rig {
  readonly operator: Caller;
  /** Path of the newest snapshot. */
  readonly newest: string;
  readonly snapshot: number;
  /** Ordinary members of the company, cloud-mastered, that nothing touched since the snapshot. */
  readonly staff: readonly string[];
  as(person: PersonName, scopes?: readonly string[]): Caller;
  /** Somebody else at work. */
  readonly by: Initiator;
  change(id: string, patch: Properties): void;
  /** Starts a job and answers its path below the version; fails when it was not accepted. */
  start(kind: 'preview' | 'recovery', body?: unknown): Promise<string>;
  /** Lets time pass until the job ended. */
  finish(job: string): Promise<Answer['body']>;
}

/** A quiet tenant, its newest snapshot some hours old, and an operator of backups. */
export function recoveryRig(options: Parameters<typeof rig>[0] = {}): RecoveryRig {
  const base = rig({ scenario: 'quiet', ...options });
  const { world, clock, call } = base;
  const { directory } = world;
  const snapshot = world.snapshots[0] ?? 0;
  const newest = `/directory/recovery/snapshots/${snapshotId(snapshot)}`;
  const as = (person: PersonName, scopes: readonly string[] = allScopes): Caller =>
    userCaller(world.ids.people[person].id, scopes);
  const operator = as('operator');
  const by: Initiator = { kind: 'app', servicePrincipalId: null, displayName: 'Somebody' };
  const people = new Set(Object.values(world.ids.people).map(({ id }) => id));
  const staff = [...directory.now.list('user')]
    .filter(({ id, properties }) => {
      const last = directory.changesOf(id).at(-1);
      return (
        !people.has(id) &&
        properties['accountEnabled'] === true &&
        properties['onPremisesSyncEnabled'] !== true &&
        (last === undefined || last.at < snapshot)
      );
    })
    .map(({ id }) => id);

  return {
    ...base,
    operator,
    newest,
    snapshot,
    staff,
    as,
    by,
    change: (id, patch) => void directory.update(id, patch, by, clock.now()),
    async start(kind, body) {
      const set = kind === 'preview' ? 'recoveryPreviewJobs' : 'recoveryJobs';
      const answer = await call('POST', `${newest}/${set}`, body, { caller: operator });
      const { location } = answer.headers;
      if (answer.status !== 202 || location === undefined) {
        throw new Error(`The job was not accepted: ${JSON.stringify(answer)}`);
      }
      return location.slice(location.indexOf('/directory'));
    },
    async finish(job) {
      for (let waited = 0; waited < 40 * hour; waited += 10 * minute) {
        await clock.sleep(10 * minute);
        const { body } = await call('GET', job, undefined, { headers: prefer });
        if (['successful', 'failed', 'abandoned'].includes(String(body['status']))) return body;
      }
      throw new Error(`The job at ${job} never ended.`);
    },
  };
}
