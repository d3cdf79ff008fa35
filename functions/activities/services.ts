import type { AuditLog } from '../../shared/ports/audit-log.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Directory } from '../../shared/ports/directory.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';
import type { OperatorSessions } from '../../shared/ports/operator-sessions.js';
import type { Notifier } from '../../shared/ports/notifier.js';
import type { PolicySource } from '../../shared/ports/policies.js';
import type { RecoveryService } from '../../shared/ports/recovery-service.js';
import type { ReportWriter } from '../../shared/ports/report.js';

/** Everything an activity may reach. Built once per process in shared/services.ts. */
export interface ActivityServices {
  readonly clock: Clock;
  readonly store: EvidenceStore;
  readonly directory: Directory;
  readonly auditLog: AuditLog;
  readonly recovery: RecoveryService;
  readonly sessions: OperatorSessions;
  readonly notifier: Notifier;
  readonly policies: PolicySource;
  readonly report: ReportWriter;
  readonly tenantId: string;
  readonly publicUrl: string;
  /** A value nobody can guess, for one approval card. */
  readonly newNonce: () => string;
}

export { product } from '../../shared/domain/incident/product.js';

export const isoNow = (services: Pick<ActivityServices, 'clock'>): string =>
  new Date(services.clock.now()).toISOString();
