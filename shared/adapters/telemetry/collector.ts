import { randomBytes } from 'node:crypto';
import type { SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createTracing, type NextPlace, noTracing, type Tracing } from './tracing.js';

export interface Collector {
  readonly tracing: Tracing;
  /** Sends what is left; waits two seconds at most, and never throws. */
  stop(): Promise<void>;
}

const patienceMs = 2_000;

/**
 * Tells spans to the collector at an OTLP endpoint (`URL/v1/traces`, JSON); without one, to nobody. A
 * collector that does not answer costs spans, never work.
 */
export function openCollector(endpoint: string | undefined): Collector {
  if (endpoint === undefined) return { tracing: noTracing, stop: () => Promise.resolve() };
  const place = createNextPlace();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: patienceMs,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'entra-rewind' }),
    idGenerator: {
      generateTraceId: () => place.take()?.traceId ?? randomBytes(16).toString('hex'),
      generateSpanId: () => place.take()?.spanId ?? randomBytes(8).toString('hex'),
    },
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: patienceMs })],
  });
  return {
    tracing: createTracing(provider.getTracer('entra-rewind'), place),
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

function createNextPlace(): NextPlace {
  let next: SpanContext | null = null;
  return { take: () => next, put: (place) => (next = place) };
}
