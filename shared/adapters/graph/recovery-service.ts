import type { TokenCredential } from '@azure/identity';
import { invariant, RewindError } from '../../errors.js';
import {
  mostIdsPerJob,
  type JobKind,
  type JobLimits,
  type NativeJob,
} from '../../domain/native/native-job.js';
import type { Clock } from '../../ports/clock.js';
import type { JobStart, RecoveryService } from '../../ports/recovery-service.js';
import { TokenRefused } from './authentication.js';
import { createGraphClient, type GraphClient, type GraphOptions } from './client.js';
import { readList, readOne } from './connection.js';
import { createRecoveryPoints } from './recovery-points.js';
import {
  asChange,
  asJob,
  cancelPath,
  changeSchema,
  changesPath,
  failedChangesPath,
  jobBody,
  jobPath,
  jobSchema,
  jobsPath,
  preferAllMembers,
} from './recovery-jobs.js';
import { readJobRights } from './recovery-rights.js';
import { graphErrorOf, type GraphAnswer } from './request.js';
import { read } from './schemas.js';

/** The delegated side: the credential of the session that was lent to an incident. */
export interface DelegatedRights {
  credentialFor(incidentId: string): TokenCredential;
  end(incidentId: string): Promise<void>;
}

interface Options extends Omit<GraphOptions, 'credential'> {
  /** With our own identity. */
  readonly client: GraphClient;
  readonly sessions: DelegatedRights;
  readonly clock: Clock;
}

const onePage = { $top: '999' };

/** Entra Backup and Recovery through Graph v1.0, with raw requests: no SDK has these (fact sheet 2). */
export function createRecoveryService(options: Options): RecoveryService {
  const { client, sessions, ...graph } = options;
  const connection = { client, clock: options.clock, random: options.random ?? Math.random };

  async function listJobs(): Promise<NativeJob[]> {
    const items = await readList(connection, jobSchema, {
      path: '/directory/recovery/jobs',
      headers: preferAllMembers,
    });
    return items.map((item) => asJob(item, null));
  }

  async function* changes(path: string) {
    for await (const page of client.pages({ path, query: onePage, headers: preferAllMembers })) {
      for (const item of page) yield asChange(read(changeSchema, item, path));
    }
  }

  /** One client per request: what it remembers of waits and tokens belongs to one incident's session. */
  const delegated = (incidentId: string): GraphClient =>
    createGraphClient({ attempts: 3, ...graph, credential: sessions.credentialFor(incidentId) });

  return {
    ...createRecoveryPoints(client),
    listJobs,

    async readJob({ kind, pointId, jobId }) {
      const item = await readOne(connection, jobSchema, {
        path: jobPath(pointId, kind, jobId),
        headers: preferAllMembers,
      });
      if (item !== null) return asJob(item, kind);
      // Ids that were just listed have been answered 404 (backup fact sheet 5.2).
      return (await listJobs()).find(({ id }) => id === jobId) ?? null;
    },

    async startJob({ incidentId, kind, pointId, limits }) {
      requireLimited(kind, limits);
      try {
        const answer = await delegated(incidentId).send({
          method: 'POST',
          path: jobsPath(pointId, kind),
          body: jobBody(limits),
          repeatable: false,
        });
        return startOf(answer, kind);
      } catch (error) {
        return startOfFailure(error, () => sessions.end(incidentId));
      }
    },

    async cancelJob({ incidentId, jobId }) {
      const request = { method: 'POST', path: cancelPath(jobId), repeatable: true } as const;
      try {
        const answer = await delegated(incidentId).send(request);
        const accepted = answer.status < 300;
        return { accepted, message: accepted ? 'accepted' : wordsOf(answer) };
      } catch (error) {
        if (!(error instanceof RewindError) || error.code === 'INVARIANT_BROKEN') throw error;
        return { accepted: false, message: error.message };
      }
    },

    readChanges: ({ pointId, jobId }) => changes(changesPath(pointId, jobId)),
    readFailedChanges: ({ pointId, jobId }) => changes(failedChangesPath(pointId, jobId)),
    jobRights: (userId) => readJobRights(connection, userId),
  };
}

function requireLimited(kind: JobKind, limits: JobLimits): void {
  if (limits.kind === 'types') {
    const { length } = limits.types;
    invariant(
      kind === 'preview' && length > 0,
      `a ${kind} of ${length} whole kinds was to be started`,
    );
    return;
  }
  const ids = limits.entries.reduce((sum, entry) => sum + entry.ids.length, 0);
  invariant(ids > 0 && ids <= mostIdsPerJob, `a job was to be started for ${ids} objects`);
}

/** Statuses by backup fact sheet 5.11: branch on the status, codes are not documented. */
function startOf(answer: GraphAnswer, kind: JobKind): JobStart {
  if (answer.status === 202 || answer.status === 201 || answer.status === 200) {
    const jobId = jobIdOf(answer);
    return jobId === null
      ? {
          started: false,
          why: 'unknown',
          message: `the ${kind} job was taken, its id was not told`,
        }
      : { started: true, jobId };
  }
  const message = wordsOf(answer);
  if (answer.status === 409) return { started: false, why: 'busy', message };
  return { started: false, why: 'refused', message };
}

async function startOfFailure(error: unknown, end: () => Promise<void>): Promise<JobStart> {
  if (!(error instanceof RewindError) || error.code === 'INVARIANT_BROKEN') throw error;
  if (error.cause instanceof TokenRefused) {
    await end();
    return { started: false, why: 'session', message: error.message };
  }
  return { started: false, why: 'unknown', message: error.message };
}

/** Only the id is taken from `Location`; the address itself is never called (safety.md I15). */
function jobIdOf({ headers, body }: GraphAnswer): string | null {
  const guid = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'?\)?\/?$/i;
  const located = guid.exec(headers.get('location') ?? '')?.[1];
  const named = (body as { id?: unknown } | null)?.id;
  return located ?? (typeof named === 'string' ? (guid.exec(named)?.[1] ?? null) : null);
}

function wordsOf({ status, body }: GraphAnswer): string {
  const error = graphErrorOf(body);
  return error === null ? `${status}` : `${status} ${error.code}: ${error.message}`.slice(0, 400);
}
