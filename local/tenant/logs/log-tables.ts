import type { KqlDatabase } from '../kql/index.js';
import type { World } from '../scenarios/world.js';
import { auditLogsColumns, auditLogsRow } from './audit-logs-table.js';
import { graphActivityColumns, graphActivityRow } from './graph-activity-table.js';
import { IngestedTable } from './ingested-table.js';
import {
  nonInteractiveColumns,
  servicePrincipalColumns,
  servicePrincipalRow,
  signinLogsColumns,
  userSignInRow,
} from './sign-in-tables.js';

/** The workspace's tables, fed from the tenant's logs as their rows are ingested. */
export class LogTables {
  readonly #world: World;
  readonly #audit = new IngestedTable(auditLogsColumns);
  readonly #interactive = new IngestedTable(signinLogsColumns);
  readonly #nonInteractive = new IngestedTable(nonInteractiveColumns);
  readonly #servicePrincipal = new IngestedTable(servicePrincipalColumns);
  readonly #activity = new IngestedTable(graphActivityColumns);
  #events = 0;
  #attempts = 0;
  #requests = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Every table with what has arrived by `now`; nothing else exists for a query. */
  at(now: number): KqlDatabase {
    this.#announce();
    return {
      AuditLogs: this.#audit.upTo(now),
      SigninLogs: this.#interactive.upTo(now),
      AADNonInteractiveUserSignInLogs: this.#nonInteractive.upTo(now),
      AADServicePrincipalSignInLogs: this.#servicePrincipal.upTo(now),
      MicrosoftGraphActivityLogs: this.#activity.upTo(now),
    };
  }

  #announce(): void {
    const { directory, signIns, activity, ids } = this.#world;
    for (const event of directory.trail.events.slice(this.#events)) {
      const make = (): unknown[] => auditLogsRow(event, ids.tenantId);
      this.#audit.expect(event.logsAt, make);
      if (event.duplicateAt !== null) {
        this.#audit.expect(Math.max(event.duplicateAt, event.logsAt + 1), make);
      }
    }
    this.#events = directory.trail.events.length;
    for (const attempt of signIns.attempts.slice(this.#attempts)) {
      const rowOf = attempt.kind === 'servicePrincipal' ? servicePrincipalRow : userSignInRow;
      const table = {
        interactive: this.#interactive,
        nonInteractive: this.#nonInteractive,
        servicePrincipal: this.#servicePrincipal,
      }[attempt.kind];
      table.expect(attempt.logsAt, () => rowOf(attempt, signIns.resultOf(attempt), directory));
    }
    this.#attempts = signIns.attempts.length;
    for (const request of activity.rows.slice(this.#requests)) {
      this.#activity.expect(request.logsAt, () => graphActivityRow(request, ids.tenantId));
    }
    this.#requests = activity.rows.length;
  }
}
