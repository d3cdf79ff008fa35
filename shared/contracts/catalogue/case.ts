import { z } from 'zod';
import { stepNames, stepStates, type IncidentPatch } from '../../domain/incident/incident.js';
import type { Policy } from '../../domain/policy.js';
import {
  checked,
  incidentId,
  instant,
  count,
  window,
  artefact,
  outcome,
  activity,
} from './parts.js';

const stepName = z.enum(stepNames);

const stepState = z.enum(stepStates);

const progress = z.object({
  done: count,
  total: count.nullable(),
  etaSeconds: z.number().nonnegative().nullable(),
});

const stepLine = z.object({
  incidentId,
  key: z.string(),
  step: stepName,
  state: stepState,
  at: instant,
  summary: z.string(),
  progress: progress.optional(),
  patch: checked<IncidentPatch>().optional(),
  artefact: artefact.optional(),
});

/** What every step needs: the case, its lines, its commander, its end. */
export const caseActivities = {
  /** What the orchestrator needs to know before its first step, and again before each scope. */
  readCase: activity(
    z.object({ incidentId }),
    z.object({
      policy: checked<Policy>(),
      window,
      title: z.string(),
      cancelled: z.boolean(),
      held: z.boolean(),
      actorsVersion: count,
    }),
  ),
  /** Writes one step's line, any part of the document beside it, and the record's entry about it. */
  reportStep: activity(stepLine, z.object({ entries: count })),
  /** The same line, told of the undo of a closed incident. */
  reportUndo: activity(stepLine, z.object({ entries: count })),
  /** Gives the commander a task and tells the urgent channel; written once per key. */
  askCommander: activity(
    z.object({ incidentId, key: z.string(), text: z.string(), command: z.string().nullable() }),
    z.object({ told: z.boolean() }),
  ),
  closeIncident: activity(
    z.object({ incidentId, at: instant, outcome, why: z.string() }),
    z.object({ entries: count }),
  ),
} as const;
