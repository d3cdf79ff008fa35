import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { RewindError } from '../../errors.js';
import { placeOf } from './incident-trace.js';

/** What is traced of one piece of work. Attributes hold no secret, no id of the tenant, no message. */
interface Work<T> {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** The incident whose trace it belongs to; null for a part of the work around it, or of none. */
  readonly incidentId: string | null;
  readonly run: () => Promise<T>;
  /** What the result adds. */
  readonly tell?: (result: T) => { readonly attributes: Attributes; readonly failed: boolean };
}

/** A span whose place and times are known: a step or a whole incident, told once it is over. */
export interface Past {
  readonly name: string;
  readonly incidentId: string;
  /** Tells apart the parts of one incident; undefined for the incident itself. */
  readonly part?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attributes: Attributes;
}

/** Spans of one process. Work runs the same whether it is traced or not. */
export interface Tracing {
  traced<T>(work: Work<T>): Promise<T>;
  past(span: Past): void;
  /** The incident that the present work belongs to. */
  incidentId(): string | null;
}

interface Around {
  readonly span: SpanContext;
  readonly incidentId: string | null;
}

/** A place that the next span takes, read by the provider's id generator. */
export interface NextPlace {
  take(): SpanContext | null;
  put(place: SpanContext | null): void;
}

export function createTracing(tracer: Tracer, nextPlace: NextPlace): Tracing {
  // Its own, not the API's global one: an app that is traced by somebody else's agent stays theirs.
  const around = new AsyncLocalStorage<Around>();

  function start(name: string, options: SpanOptions, parent: SpanContext | null): Span {
    const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    return tracer.startSpan(name, options, context);
  }

  return {
    incidentId: () => around.getStore()?.incidentId ?? null,

    async traced({ name, kind, attributes, incidentId, run, tell }) {
      const outer = around.getStore();
      const id = incidentId ?? outer?.incidentId ?? null;
      const parent = incidentId === null ? (outer?.span ?? null) : placeOf(incidentId);
      const span = start(
        name,
        { kind, attributes: { ...attributes, ...(id !== null && { 'incident.id': id }) } },
        parent,
      );
      try {
        const result = await around.run({ span: span.spanContext(), incidentId: id }, run);
        const told = tell?.(result);
        if (told) span.setAttributes(told.attributes);
        if (told?.failed) span.setStatus({ code: SpanStatusCode.ERROR });
        return result;
      } catch (error) {
        // The message may name anything; the kind of fault is enough to find it in the record.
        span.setAttribute('error.type', kindOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },

    past({ name, incidentId, part, startedAt, endedAt, attributes }) {
      nextPlace.put(placeOf(incidentId, part));
      const options = {
        startTime: new Date(startedAt),
        attributes: { ...attributes, 'incident.id': incidentId },
      };
      const parent = part === undefined ? null : placeOf(incidentId);
      const span = start(name, options, parent);
      nextPlace.put(null);
      span.end(new Date(endedAt));
    },
  };
}

/** Without a collector nothing is told, and nothing is spent. */
export const noTracing: Tracing = {
  traced: ({ run }) => run(),
  past: () => undefined,
  incidentId: () => null,
};

const kindOf = (error: unknown): string =>
  error instanceof RewindError ? error.code : error instanceof Error ? error.name : typeof error;
