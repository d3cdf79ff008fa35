import { SpanKind } from '@opentelemetry/api';
import type { Incident, StepView } from '../../domain/incident/incident.js';
import { incidentIn } from './incident-trace.js';
import { noTracing, type Tracing } from './tracing.js';

type Activity = (input: unknown) => Promise<unknown>;
type ReadIncident = (id: string) => Promise<Incident | null>;

/**
 * An activity as a span of its incident's trace. When it ends a step or the incident, these are told
 * too: from the incident's document, with ids derived from it, so that telling twice tells the same.
 */
export function tracedActivity(
  tracing: Tracing,
  name: string,
  activity: Activity,
  read: ReadIncident,
): (input: unknown, invocationId: string) => Promise<unknown> {
  if (tracing === noTracing) return activity;
  return async (input, invocationId) => {
    const incidentId = incidentIn(input);
    const result = await tracing.traced({
      name: `activity ${name}`,
      kind: SpanKind.INTERNAL,
      attributes: { 'code.function.name': name, 'faas.invocation_id': invocationId },
      incidentId,
      run: () => activity(input),
      tell: (answer) => ({ attributes: refusalOf(answer), failed: false }),
    });
    if (incidentId !== null) {
      if (name === 'reportStep') await tellStep(tracing, incidentId, input, read);
      if (name === 'closeIncident') await tellIncident(tracing, incidentId, read);
    }
    return result;
  };
}

async function tellStep(
  tracing: Tracing,
  incidentId: string,
  input: unknown,
  read: ReadIncident,
): Promise<void> {
  const { step: name } = input as { step?: unknown };
  const incident = await read(incidentId).catch(() => null);
  const step = incident?.steps.find((candidate) => candidate.name === name);
  if (step) tellEnded(tracing, incidentId, step);
}

async function tellIncident(tracing: Tracing, incidentId: string, read: ReadIncident) {
  const incident = await read(incidentId).catch(() => null);
  if (incident?.closedAt === null || incident === null) return;
  // Those that closing ended; the others were told when they were reported.
  for (const step of incident.steps)
    if (step.endedAt === incident.closedAt) tellEnded(tracing, incidentId, step);
  tracing.past({
    name: 'incident',
    incidentId,
    startedAt: incident.openedAt,
    endedAt: incident.closedAt,
    attributes: { 'incident.outcome': incident.outcome ?? '', 'incident.source': incident.source },
  });
}

function tellEnded(tracing: Tracing, incidentId: string, step: StepView): void {
  const { name, state, startedAt, endedAt } = step;
  if (startedAt === null || endedAt === null) return;
  tracing.past({
    name: `step ${name}`,
    incidentId,
    part: `step ${name} ${startedAt}`,
    startedAt,
    endedAt,
    attributes: { 'incident.step': name, 'incident.step.state': state },
  });
}

function refusalOf(answer: unknown): Record<string, string> {
  const { refused } = (answer ?? {}) as { refused?: { code?: unknown } };
  return typeof refused?.code === 'string' ? { 'rewind.refused': refused.code } : {};
}

/** A door as a span; one that changes an incident is part of its trace, reading is not. */
export function tracedDoor<A extends { readonly status?: number }>(
  tracing: Tracing,
  { methods, route }: { readonly methods: readonly string[]; readonly route: string },
  incidentId: string | undefined,
  answer: () => Promise<A>,
): Promise<A> {
  const method = methods.join();
  return tracing.traced({
    name: `${method} ${route}`,
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'http.route': route },
    incidentId: method === 'GET' ? null : incidentIn({ incidentId }),
    run: answer,
    tell: ({ status = 200 }) => ({
      attributes: { 'http.response.status_code': status },
      failed: status >= 500,
    }),
  });
}
