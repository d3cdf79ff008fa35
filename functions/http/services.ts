import type { InvocationContext } from '@azure/functions';
import type {
  CallerVerifier,
  ConnectorVerifier,
  WebhookVerifier,
} from '../../shared/ports/callers.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Directory } from '../../shared/ports/directory.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';
import type { FunctionKeys } from '../../shared/ports/function-keys.js';
import type { IncidentRuns } from '../../shared/ports/incident-runs.js';
import type { OperatorSessions } from '../../shared/ports/operator-sessions.js';
import type { Notifier } from '../../shared/ports/notifier.js';
import type { PolicySource } from '../../shared/ports/policies.js';
import type { Check } from '../../shared/ports/readiness.js';
import type { RecoveryService } from '../../shared/ports/recovery-service.js';
import type { ReportWriter } from '../../shared/ports/report.js';

/** Everything a door may reach. Built once per process in shared/services.ts. */
export interface DoorServices {
  readonly clock: Clock;
  readonly store: EvidenceStore;
  /** The durable client belongs to one invocation, so the runs do too. */
  readonly runs: (context: InvocationContext) => IncidentRuns;
  readonly callers: CallerVerifier;
  readonly connector: ConnectorVerifier;
  /** Knows nobody when no outgoing webhook is configured. */
  readonly webhooks: WebhookVerifier;
  readonly keys: FunctionKeys;
  readonly policies: PolicySource;
  readonly directory: Pick<Directory, 'appRolesOnOurApi'>;
  readonly notifier: Pick<Notifier, 'urgent'>;
  readonly sessions: OperatorSessions;
  readonly recovery: Pick<RecoveryService, 'jobRights'>;
  readonly report: ReportWriter;
  readonly readiness: () => Promise<readonly Check[]>;
  readonly settings: DoorSettings;
}

export interface DoorSettings {
  readonly tenantId: string;
  /** The conversation approval cards are posted to; null when this deployment has no Teams. */
  readonly botConversationId: string | null;
  /** Base of links, without a trailing slash. */
  readonly publicUrl: string;
}

export const isoNow = (services: Pick<DoorServices, 'clock'>): string =>
  new Date(services.clock.now()).toISOString();
