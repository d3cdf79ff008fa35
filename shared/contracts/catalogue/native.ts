import { z } from 'zod';
import {
  incidentId,
  count,
  digest,
  executor,
  waveOfPlan,
  stopReason,
  waveResult,
  activity,
} from './parts.js';

export const jobKind = z.enum(['preview', 'recovery']);

export const serviceWaveResult = waveResult.extend({
  stopped: z.enum([...stopReason.options, 'operatorSession']).nullable(),
});

/** How a job ended: the service's word, or ours when it was never asked for or is lost to view. */
export const jobEnd = z.enum(['successful', 'failed', 'abandoned', 'lost', 'none']);

export const jobAnswer = z.object({
  /**
   * `busy`: the tenant runs another job. `none`: nothing is left to be asked for. `stale`: what the job
   * would do has to be previewed anew first.
   */
  outcome: z.enum(['started', 'busy', 'session', 'refused', 'unknown', 'none', 'stale', 'stopped']),
  jobId: z.string().nullable(),
  stopped: stopReason.nullable(),
  note: z.string().nullable(),
});

export const jobLook = z.object({ found: z.boolean(), end: jobEnd.nullable(), status: z.string() });

/** Step 6, what the service recovers, for us or for a person. */
export const nativeActivities = {
  /** Judges a wave that the service itself will recover; what was begun before is taken up again. */
  openServiceWave: activity(
    waveOfPlan.extend({ executor }),
    z.object({
      /** Objects left for a job. */
      open: count,
      /** A recovery job of this wave was asked for already and is to be followed. */
      begun: z.boolean(),
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** Asks for one job under the lent session, or finds the one that was asked for. */
  startNativeJob: activity(
    z.object({ incidentId, planDigest: digest, wave: count, kind: jobKind }),
    jobAnswer,
  ),
  /** Reads one job with our own identity; asks the service to cancel it where the commander cancelled. */
  followNativeJob: activity(
    z.object({
      incidentId,
      planDigest: digest,
      wave: count,
      kind: jobKind,
      jobId: z.string(),
    }),
    jobLook,
  ),
  /** Takes out of the wave whatever the service would do otherwise than planned. */
  compareNativePreview: activity(
    z.object({ incidentId, planDigest: digest, wave: count, jobId: z.string() }),
    z.object({ open: count, excluded: count }),
  ),
  /** Says what became of every object of the wave. */
  closeServiceWave: activity(
    waveOfPlan.extend({
      end: jobEnd,
      jobId: z.string().nullable(),
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
    }),
    waveResult,
  ),
  /** Whether any job runs in the tenant, whoever's. */
  findTenantJob: activity(
    z.object({ incidentId, planDigest: digest.optional() }),
    z.object({
      running: z.boolean(),
      /** The plan may not be carried out any more, whatever runs. */
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** Asks the operators for a session; told once per key. */
  askForSession: activity(
    z.object({ incidentId, key: z.string(), note: z.string().nullable() }),
    z.object({ told: z.boolean() }),
  ),
  /** Gives a person the exact requests and steps of a wave. */
  handOver: activity(
    z.object({ incidentId, planDigest: digest, wave: count }),
    z.object({ told: z.boolean() }),
  ),
  /** Looks for the job that a person started for this wave, and flags those that are another. */
  lookForHandOff: activity(
    z.object({ incidentId, planDigest: digest, wave: count }),
    z.object({
      jobId: z.string().nullable(),
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
      /** Objects that still wait for the person; absent when a job was found, or nothing may be written. */
      open: count.optional(),
      /** The list is shorter than the one that was handed over. */
      again: z.boolean().optional(),
    }),
  ),
} as const;
