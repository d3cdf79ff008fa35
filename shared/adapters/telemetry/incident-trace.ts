import { incidentIdForm } from '../../domain/incident/incident.js';
import { createHash } from 'node:crypto';
import { type SpanContext, TraceFlags } from '@opentelemetry/api';

/**
 * The place of an incident's root span, and of one step in it. Derived from the incident's id alone, so
 * that every process, and every life of one, tells its spans into the same trace without passing
 * anything through the orchestrator.
 */
export function placeOf(incidentId: string, part = 'incident'): SpanContext {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  return {
    traceId: digest(`trace\n${incidentId}`).slice(0, 32),
    spanId: digest(`span\n${incidentId}\n${part}`).slice(0, 16),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
}

/** The incident that a value (an activity's input, route parameters) names; null for none. */
export function incidentIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { incidentId } = value as { incidentId?: unknown };
  return typeof incidentId === 'string' && incidentIdForm.test(incidentId) ? incidentId : null;
}
