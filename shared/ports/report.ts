import type { Incident } from '../domain/incident.js';

export interface ReportWriter {
  /** The incident report from the document and the bytes of its record; self-contained. */
  render(
    incident: Incident,
    record: Uint8Array,
  ): { readonly html: string; readonly markdown: string };
}
