import type { DurableClient } from 'durable-functions';
import { PLAYBOOK_VERSION } from '../domain/incident/incident.js';
import { firstPointCheck, pointCheckRunOf } from '../domain/native/point-check.js';
import { undoRunOf } from '../domain/plan/undo-view.js';
import type { IncidentRuns } from '../ports/incident-runs.js';
import { overBreaks } from './over-breaks.js';

const ended: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);

/** Whether an instance of this runtime status does nothing any more. */
export const hasEnded = (runtimeStatus: string): boolean => ended.has(runtimeStatus);

/**
 * Incident runs over the durable client of one invocation. The engine would run an ended instance again
 * when asked to start its id, and answers 500 for a running one (durable-engine-observed.md): so it is
 * looked at first, and an id that exists is never started. So every call may be made twice, and events
 * carry no authority: connections to the engine that break are no answer.
 */
export function createIncidentRuns(client: DurableClient): IncidentRuns {
  return {
    start: (incidentId) => overBreaks(() => startOnce('respondToIncident', incidentId, incidentId)),
    startUndo: (incidentId) =>
      overBreaks(() => startOnce('undoRecovery', undoRunOf(incidentId), incidentId)),
    startPointCheck: (incidentId, run) =>
      overBreaks(async () => {
        const id = pointCheckRunOf(incidentId, run);
        const first = firstPointCheck(run);
        const begun = await startOnce('checkRecoveryPoint', id, incidentId, first);
        if (begun === 'started') return begun;
        return hasEnded((await statusOf(id)) ?? '') ? 'over' : 'already';
      }),

    exists: (incidentId) => overBreaks(async () => (await statusOf(incidentId)) !== null),
    wake: (incidentId, event, eventId) =>
      overBreaks(async () => {
        const status = await statusOf(incidentId);
        if (status === null || hasEnded(status)) return;
        await client.raiseEvent(incidentId, event, { eventId });
      }),
  };

  async function startOnce(
    orchestrator: string,
    instanceId: string,
    incidentId: string,
    more: object = {},
  ): Promise<'started' | 'already'> {
    if ((await statusOf(instanceId)) !== null) return 'already';
    try {
      await client.startNew(orchestrator, {
        instanceId,
        input: { playbookVersion: PLAYBOOK_VERSION, incidentId, ...more },
      });
      return 'started';
    } catch (error) {
      // Somebody else may have started it between the look and the call.
      if ((await statusOf(instanceId)) !== null) return 'already';
      throw error;
    }
  }

  /** Null when there is no such instance: the SDK answers that with an error or an empty status. */
  async function statusOf(incidentId: string): Promise<string | null> {
    try {
      const status = (await client.getStatus(incidentId)) as { runtimeStatus?: string } | null;
      return status?.runtimeStatus ?? null;
    } catch (error) {
      if (error instanceof Error && /404|not found|no instance/i.test(error.message)) return null;
      throw error;
    }
  }
}
