import { isoSeconds } from '../directory/instants.js';
import { roleId } from '../directory/roles.js';
import { text, type Initiator } from '../directory/model.js';
import type { TenantClock } from '../exchange.js';
import type { Identity } from '../identity/identity.js';
import type { OperatorPlaneSettings } from '../identity/on-behalf-of.js';
import type { PersonName, World } from '../scenarios/world.js';
import type { Job } from './model.js';
import type { Durations } from './durations.js';
import type { RecoverySettings } from './settings.js';
import { snapshotId } from './snapshots.js';

export type BackupRole = 'active' | 'eligible' | 'missing';

export type RecoveryWish = Partial<Omit<RecoverySettings, 'durations'> & OperatorPlaneSettings> & {
  readonly durations?: Partial<Durations>;
};

/** Everything about backup, recovery and exchanges on behalf that a test may see and switch. */
export interface RecoveryDesk {
  view(): unknown;
  configure(wish: RecoveryWish): void;
  /** How a person holds the role that starts jobs. */
  setRole(person: PersonName, role: BackupRole): void;
  /** Id of the newest snapshot. */
  newest(): string;
}

export function recoveryDesk(parts: {
  readonly world: World;
  readonly identity: Identity;
  readonly clock: TenantClock;
}): RecoveryDesk {
  const { world, identity, clock } = parts;
  const { directory, recovery, ids } = world;
  const { settings } = recovery;

  return {
    view() {
      directory.advance(clock.now());
      return {
        settings: { ...settings, ...identity.operatorPlane },
        snapshots: recovery.snapshots.list().map(isoSeconds),
        jobs: recovery.jobs(clock.now()).map(shownJob),
      };
    },
    configure({ consented, stepUp, tokenLifetimeSeconds, durations, ...service }) {
      Object.assign(identity.operatorPlane, defined({ consented, stepUp, tokenLifetimeSeconds }));
      Object.assign(settings, defined(service));
      settings.durations = { ...settings.durations, ...defined(durations ?? {}) };
    },
    setRole(person, role) {
      const now = clock.now();
      directory.advance(now);
      const { id } = ids.people[person];
      const by = administrator(world);
      const administratorRole = roleId('Entra Backup Administrator');
      for (const type of ['roleAssignment', 'roleEligibility'] as const) {
        for (const held of [...directory.now.list(type)]) {
          const { properties } = held;
          if (text(properties, 'principalId') !== id) continue;
          if (text(properties, 'roleDefinitionId') !== administratorRole) continue;
          directory.endAssignment(held.id, by, now);
        }
      }
      if (role === 'active') directory.grantRole(directory.newId(), id, administratorRole, by, now);
      if (role === 'eligible') {
        directory.grantEligibility(directory.newId(), id, administratorRole, by, now);
      }
    },
    newest() {
      directory.advance(clock.now());
      const [instant] = recovery.snapshots.list();
      if (instant === undefined) throw new Error('The tenant has no snapshot.');
      return snapshotId(instant, settings.snapshotIds);
    },
  };
}

function administrator({ ids }: World): Initiator {
  const { id, userPrincipalName } = ids.people.breakGlass1;
  return { kind: 'user', id, userPrincipalName, displayName: null, ipAddress: '127.0.0.1' };
}

function shownJob({ changes, failed, ...job }: Job): unknown {
  return {
    ...job,
    snapshot: isoSeconds(job.snapshot),
    startedAt: isoSeconds(job.startedAt),
    completedAt: job.completedAt === null ? null : isoSeconds(job.completedAt),
    cancelledAt: job.cancelledAt === null ? null : isoSeconds(job.cancelledAt),
    changes: changes?.map(({ id, type, action }) => ({ id, type, action })) ?? null,
    failed: failed.map(({ change, message }) => ({ id: change.id, message })),
  };
}

/** Without the members that nobody gave. */
function defined(wish: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}
