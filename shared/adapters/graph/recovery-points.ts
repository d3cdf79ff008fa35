import type { RecoveryPointFact, RecoveryService } from '../../ports/recovery-service.js';
import { GraphRefusal, type GraphClient } from './client.js';
import { read, snapshotSchema } from './schemas.js';

/** Snapshots of Entra Backup and Recovery as recovery points (backup fact sheet 5.2). */
export function createRecoveryPoints(
  client: GraphClient,
): Pick<RecoveryService, 'listRecoveryPoints'> {
  return {
    async listRecoveryPoints() {
      const byTime = new Map<number, RecoveryPointFact>();
      try {
        const request = {
          path: '/directory/recovery/snapshots',
          headers: { Prefer: 'include-unknown-enum-members' },
        };
        for await (const page of client.pages(request)) {
          for (const item of page) {
            const { id, createdDateTime } = read(snapshotSchema, item, 'snapshot');
            const at = Date.parse(createdDateTime);
            // Two with one timestamp are a known passing state of the service, not an error.
            if (!Number.isNaN(at) && !byTime.has(at)) byTime.set(at, { id, createdDateTime });
          }
        }
      } catch (error) {
        if (!(error instanceof GraphRefusal)) throw error;
        return { ok: false, why: error.message };
      }
      const newestFirst = [...byTime].sort(([a], [b]) => b - a).map(([, point]) => point);
      return { ok: true, points: newestFirst };
    },
  };
}
