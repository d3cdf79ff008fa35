import type { Ledger } from '../domain/approval/approval.js';
import type { Incident } from '../domain/incident/incident.js';
import type { PlannedObject } from '../domain/plan/plan.js';

/** What a report may show besides the incident and its record. */
export interface ReportExtras {
  /** For the comments of those who decided and the attempts that were refused. */
  readonly ledger?: Ledger | null;
  /** Some lines of the plan, e.g. the first ones and those left alone; at most 200 are shown. */
  readonly examples?: readonly PlannedObject[];
}

export interface ReportWriter {
  /** The incident report from the document and the bytes of its record; self-contained. */
  render(
    incident: Incident,
    record: Uint8Array,
    extras?: ReportExtras,
  ): { readonly html: string; readonly markdown: string };
}
