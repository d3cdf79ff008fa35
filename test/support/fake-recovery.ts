import type {
  JobKind,
  JobLimits,
  NativeChange,
  NativeJob,
  ScopedIds,
} from '../../shared/domain/native/native-job.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { LentSession, OperatorSessions } from '../../shared/ports/operator-sessions.js';
import type { JobRights, JobStart, RecoveryService } from '../../shared/ports/recovery-service.js';

interface Job extends Omit<NativeJob, 'status' | 'endedAt'> {
  endsAt: number;
  end: 'successful' | 'failed' | 'abandoned';
  done: boolean;
}

export type FakeRecovery = ReturnType<typeof createFakeRecovery>;

/** The recovery service as its port tells it: one job at a time, ends by the clock, does what it is told to. */
export function createFakeRecovery(clock: Pick<Clock, 'now'>) {
  const jobs: Job[] = [];
  const sessions = new Map<string, LentSession>();
  const points = {
    list: [] as { id: string; createdDateTime: string }[],
    why: null as string | null,
  };
  const works = {
    /** What comes of asking; null lets the service decide. `lost`: taken, and the answer is lost. */
    start: [] as (JobStart | 'lost' | null)[],
    /** How long a job takes. */
    jobMs: 60_000 as number | ((kind: JobKind, objects: number) => number),
    end: 'successful' as Job['end'],
    cancel: true,
    /** How long a session lives, unless lent again. */
    sessionMs: 3_600_000,
    /** Reading the service fails so often. */
    outages: 0,
  };
  const changes = new Map<string, NativeChange>();
  const failed: NativeChange[] = [];
  const rights: JobRights = { backupAdministrator: 'active', note: null };
  let onEnd: (job: NativeJob) => void = () => undefined;

  const iso = (ms: number): string => new Date(ms).toISOString();
  const idOf = (number: number): string =>
    `77777777-0000-4000-8000-${String(number).padStart(12, '0')}`;

  function view(job: Job): NativeJob {
    const over = clock.now() >= job.endsAt;
    if (over && !job.done) {
      job.done = true;
      onEnd({ ...job, status: job.end, endedAt: iso(job.endsAt) });
    }
    const { endsAt: _endsAt, end: _end, done: _done, ...facts } = job;
    const running = job.kind === 'preview' ? 'calculating' : 'running';
    return {
      ...facts,
      status: over ? job.end : running,
      endedAt: over ? iso(job.endsAt) : null,
      failedChanges: over && job.kind === 'recovery' ? failed.length : null,
    };
  }

  function add(kind: JobKind, pointId: string, scope: JobLimits): Job {
    const point = points.list.find(({ id }) => id === pointId);
    const job: Job = {
      id: idOf(jobs.length + 1),
      kind,
      targetAt: point?.createdDateTime ?? iso(0),
      startedAt: iso(clock.now()),
      scope,
      failedChanges: null,
      endsAt: clock.now() + durationOf(kind, scope),
      end: works.end,
      done: false,
    };
    jobs.push(job);
    return job;
  }

  function durationOf(kind: JobKind, scope: JobLimits): number {
    const { jobMs } = works;
    return typeof jobMs === 'number'
      ? jobMs
      : jobMs(kind, scope.kind === 'ids' ? ofIds(scope.entries).size : 0);
  }

  function outage(): void {
    if (works.outages === 0) return;
    works.outages -= 1;
    throw new Error('the service cannot be reached');
  }

  const ofIds = (entries: readonly ScopedIds[]): Set<string> =>
    new Set(entries.flatMap(({ ids }) => ids));

  function isCovered(scope: NativeJob['scope'], { objectId, entityType }: NativeChange): boolean {
    if (scope.kind === 'types') return scope.types.includes(entityType);
    return scope.kind === 'ids' && ofIds(scope.entries).has(objectId);
  }

  const service: RecoveryService = {
    listRecoveryPoints: async () =>
      points.why === null ? { ok: true, points: points.list } : { ok: false, why: points.why },
    listJobs: async () => {
      outage();
      return jobs.map(view).reverse();
    },
    readJob: async ({ jobId }) => {
      outage();
      const job = jobs.find(({ id }) => id === jobId);
      return job === undefined ? null : view(job);
    },
    startJob: async ({ incidentId, kind, pointId, limits }) => {
      const told = works.start.shift() ?? null;
      if (told !== null && told !== 'lost') return told;
      if (!sessions.has(incidentId)) return { started: false, why: 'session', message: 'none' };
      if (jobs.some((job) => clock.now() < job.endsAt)) {
        return { started: false, why: 'busy', message: '409 a job runs' };
      }
      const job = add(kind, pointId, limits);
      if (told === 'lost') return { started: false, why: 'unknown', message: 'reset' };
      return { started: true, jobId: job.id };
    },
    cancelJob: async ({ jobId }) => {
      const job = jobs.find(({ id }) => id === jobId);
      if (!works.cancel || job === undefined) return { accepted: false, message: '403' };
      job.end = 'abandoned';
      job.endsAt = Math.min(job.endsAt, clock.now() + 10_000);
      return { accepted: true, message: 'accepted' };
    },
    async *readChanges({ jobId }) {
      const { scope } = jobs.find(({ id }) => id === jobId)!;
      for (const change of changes.values()) if (isCovered(scope, change)) yield change;
    },
    async *readFailedChanges() {
      yield* failed;
    },
    jobRights: async () => rights,
  };

  const lending: OperatorSessions = {
    unavailable: null,
    lend: async (incidentId, by) => {
      const session = { by, expiresAt: iso(clock.now() + works.sessionMs) };
      sessions.set(incidentId, session);
      return { ok: true, session };
    },
    current: async (incidentId) => {
      const session = sessions.get(incidentId) ?? null;
      return session !== null && Date.parse(session.expiresAt) > clock.now() ? session : null;
    },
    end: async (incidentId) => void sessions.delete(incidentId),
  };

  return {
    service,
    sessions: lending,
    points,
    works,
    changes,
    failed,
    jobs: (): NativeJob[] => jobs.map(view),
    /** A job of somebody else. */
    addForeign: (kind: 'preview' | 'recovery', pointId: string, entries: readonly ScopedIds[]) =>
      view(add(kind, pointId, { kind: 'ids', entries })),
    /** Called once when a job has ended, before anybody is told. */
    whenOver: (then: (job: NativeJob) => void) => void (onEnd = then),
  };
}
