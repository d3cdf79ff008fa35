import type { Directory } from '../directory/directory.js';
import { day } from '../directory/instants.js';
import type { Initiator, ObjectType } from '../directory/model.js';
import { guidFrom, guidOf, seeded, type Random } from '../directory/random.js';
import { applyChange } from './apply.js';
import { differences } from './difference.js';
import { compareTime, loadTime, writeTime } from './durations.js';
import { jobRow, serviceName } from './job-rows.js';
import { isTerminal, objectTypes, type Job, type JobFilter, type JobKind } from './model.js';
import { defaultRecoverySettings, type RecoverySettings } from './settings.js';
import { Snapshots } from './snapshots.js';

export interface JobRequest {
  readonly kind: JobKind;
  readonly snapshot: number;
  readonly filter: JobFilter;
  readonly by: Initiator & { readonly kind: 'user' };
}

/** Jobs vanish so long after they ended (backup fact sheet 5.9). */
const retention = 7 * day;

/**
 * Entra Backup and Recovery: snapshots and jobs. A job lives on the tenant's agenda, so it goes on
 * with the tenant's clock and needs nobody to look. One job at a time, of whichever kind.
 */
export class RecoveryService {
  readonly settings: RecoverySettings = defaultRecoverySettings();
  readonly snapshots: Snapshots;
  readonly #directory: Directory;
  readonly #speed: number;
  readonly #random: Random;
  readonly #self: Initiator;
  readonly #jobs: Job[] = [];
  readonly #loaded = new Set<number>();

  constructor(options: {
    readonly directory: Directory;
    readonly seed: number;
    readonly speed: number;
    readonly start: number;
    readonly snapshots: readonly number[];
  }) {
    const { directory, seed, speed, start } = options;
    this.#directory = directory;
    this.#speed = speed;
    this.#random = seeded(seed, 'recovery');
    this.#self = {
      kind: 'app',
      servicePrincipalId: guidFrom(directory.tenantId, serviceName),
      displayName: serviceName,
    };
    this.snapshots = new Snapshots(directory, options.snapshots, start);
  }

  /** Newest first; those whose retention ended are gone. */
  jobs(now: number): readonly Job[] {
    return this.#jobs.filter(
      ({ completedAt }) => completedAt === null || now < completedAt + retention,
    );
  }

  job(id: string, now: number): Job | undefined {
    return this.jobs(now).find((job) => job.id === id.toLowerCase());
  }

  /** The job that keeps others from starting. */
  running(): Job | undefined {
    return this.#jobs.find(({ status }) => !isTerminal(status));
  }

  /** Starts a job. The caller has checked that none is running and that the snapshot exists. */
  start({ kind, snapshot, filter, by }: JobRequest, now: number): Job {
    const job: Job = {
      id: guidOf(this.#random),
      kind,
      snapshot,
      filter,
      startedBy: by.id,
      startedAt: now,
      status: 'initialized',
      completedAt: null,
      cancelledAt: null,
      changes: null,
      objectsModified: 0,
      linksModified: 0,
      failed: [],
    };
    this.#jobs.unshift(job);
    this.#directory.trail.write(jobRow(job, 'Start', by), now);
    this.#after(job, now, this.settings.durations.accept, (at) => this.#load(job, at));
    return job;
  }

  /** Best effort: work goes on for a while, and what was written stays. */
  cancel(job: Job, by: Initiator, now: number): void {
    if (job.cancelledAt !== null) return;
    job.cancelledAt = now;
    this.#directory.trail.write(jobRow(job, 'Cancel', by), now);
    this.#after(job, now, this.settings.durations.cancel, (at) => this.#end(job, 'abandoned', at));
  }

  #load(job: Job, at: number): void {
    if (this.#loaded.has(job.snapshot)) {
      this.#compare(job, at);
      return;
    }
    job.status = 'loadingData';
    const wait = loadTime(this.settings.durations, this.#size());
    this.#after(job, at, wait, (due) => {
      this.#loaded.add(job.snapshot);
      this.#compare(job, due);
    });
  }

  /** The difference is that of the moment at which the comparison ends. */
  #compare(job: Job, at: number): void {
    job.status = 'calculating';
    const found = differences(this.#directory, job.snapshot, job.filter, at);
    const wait = compareTime(this.settings.durations, amount(found));
    this.#after(job, at, wait, (due) => {
      job.changes = differences(this.#directory, job.snapshot, job.filter, due);
      if (job.kind === 'recovery') this.#write(job, due);
      else this.#end(job, this.#failsNow() ? 'failed' : 'successful', due);
    });
  }

  /** Restores first, so that links find their ends; soft deletions last. The true order is unknown. */
  #write(job: Job, at: number): void {
    job.status = 'running';
    const order = ['restore', 'update', 'softDelete'] as const;
    const changes = order.flatMap((action) =>
      (job.changes ?? []).filter((change) => change.action === action),
    );
    const fails = this.#failsNow();
    const total = writeTime(this.settings.durations, amount(changes));
    const step = total / Math.max(1, changes.length);
    const stopAfter = fails ? Math.floor(changes.length / 2) : changes.length;
    const next = (index: number, from: number): void => {
      if (index < stopAfter) {
        this.#after(job, from, step, (due) => {
          this.#writeOne(job, changes[index] as (typeof changes)[number], due);
          next(index + 1, due);
        });
      } else {
        const rest = changes.length === 0 ? total : 0;
        this.#after(job, from, rest, (due) => this.#end(job, fails ? 'failed' : 'successful', due));
      }
    };
    next(0, at);
  }

  #writeOne(job: Job, change: NonNullable<Job['changes']>[number], at: number): void {
    const message = this.settings.failChanges[change.id];
    if (message !== undefined) {
      job.failed.push({ change, message, objects: 1, links: change.links.length });
      return;
    }
    const applied = applyChange(this.#directory, change, this.#self, at);
    job.objectsModified += applied.objects;
    job.linksModified += applied.links;
    if (applied.failed !== null) job.failed.push(applied.failed);
  }

  #end(job: Job, status: 'successful' | 'failed' | 'abandoned', at: number): void {
    job.status = status;
    job.completedAt = at;
    // What a cancelled comparison found is not told (fact sheet 5.1).
    if (job.kind === 'preview' && status !== 'successful') job.changes = null;
    this.#directory.trail.write(jobRow(job, 'Complete', this.#self), at);
  }

  #failsNow(): boolean {
    if (this.settings.failJobs <= 0) return false;
    this.settings.failJobs -= 1;
    return true;
  }

  #size(): number {
    let objects = 0;
    for (const type of new Set<ObjectType>(Object.values(objectTypes))) {
      for (const _ of this.#directory.now.list(type)) objects += 1;
    }
    return objects;
  }

  #after(job: Job, from: number, wait: number, run: (due: number) => void): void {
    this.#directory.agenda.add(from + wait / this.#speed, (due) => {
      if (!isTerminal(job.status)) run(due);
    });
  }
}

/** Objects and links together, which is what the service's times are given for. */
function amount(changes: readonly { readonly links: readonly unknown[] }[]): number {
  return changes.reduce((sum, { links }) => sum + 1 + links.length, 0);
}
