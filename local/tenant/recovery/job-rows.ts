import { told, type AuditDraft } from '../directory/audit-event.js';
import { isoSeconds } from '../directory/instants.js';
import type { Initiator } from '../directory/model.js';
import type { Job } from './model.js';

/** The service as the audit trail names it; the identity under which it writes is unknown. */
export const serviceName = 'Microsoft Entra Backup and Recovery';

/**
 * Rows of the category that is documented. Their activity names, service and targets are unknown
 * (backup fact sheet 7) and invented here; nobody should look for more than the category.
 */
const common = {
  category: 'Backup and Recovery',
  service: 'Entra Backup and Recovery',
} as const;

export function snapshotRow(takenAt: string): AuditDraft {
  return {
    ...common,
    activity: 'Create snapshot',
    operationType: 'Add',
    by: { kind: 'app', servicePrincipalId: null, displayName: serviceName },
    targets: [
      {
        id: '',
        displayName: takenAt,
        type: 'Other',
        modified: [told('TargetStateDateTime', takenAt)],
      },
    ],
  };
}

export function jobRow(
  job: Job,
  event: 'Start' | 'Cancel' | 'Complete',
  by: Initiator,
): AuditDraft {
  const failed = event === 'Complete' && job.status === 'failed';
  return {
    ...common,
    activity: `${event} ${job.kind} job`,
    operationType: event === 'Start' ? 'Add' : 'Update',
    result: failed ? 'failure' : 'success',
    by,
    targets: [
      {
        id: job.id,
        displayName: null,
        type: 'Other',
        modified: [
          told('TargetStateDateTime', isoSeconds(job.snapshot)),
          ...(event === 'Complete' ? [told('Status', job.status)] : []),
        ],
      },
    ],
  };
}
