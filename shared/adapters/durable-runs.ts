import type { DurableClient } from 'durable-functions';
import type { IncidentRuns } from '../ports/incident-runs.js';

const orchestrator = 'respondToIncident';
const sleeping = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);

/**
 * Incident runs over the durable client of one invocation. The engine would run an ended instance again
 * when asked to start its id, and answers 500 for a running one (durable-engine-observed.md): so it is
 * looked at first, and an id that exists is never started.
 */
export function createIncidentRuns(client: DurableClient): IncidentRuns {
  return {
    async start(incidentId) {
      if ((await statusOf(incidentId)) !== null) return 'already';
      try {
        await client.startNew(orchestrator, {
          instanceId: incidentId,
          input: { playbookVersion: 1, incidentId },
        });
        return 'started';
      } catch (error) {
        // Somebody else may have started it between the look and the call.
        if ((await statusOf(incidentId)) !== null) return 'already';
        throw error;
      }
    },

    async exists(incidentId) {
      return (await statusOf(incidentId)) !== null;
    },

    async wake(incidentId, event, eventId) {
      const status = await statusOf(incidentId);
      if (status === null || sleeping.has(status)) return;
      await client.raiseEvent(incidentId, event, { eventId });
    },
  };

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
