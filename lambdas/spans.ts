import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Result } from '../core/result.ts';
import { parseTraceparent } from '../core/trace-id.ts';

/**
 * Spans around what a call waits for. They cost nothing until somebody registers a provider, as a layer of
 * OpenTelemetry does. They carry no ids, and of a failure its code alone.
 *
 * A provider serves no newer minor version of the API than that it came with (`internal/semver` of @opentelemetry/api),
 * so the API in package.json must be no newer than that of the layers.
 */
export type SpanName = 'decide' | 'transact' | 'assume';

/** The provider may be registered later: the tracer asks for it with every span. */
const tracer = trace.getTracer('valetkey');

type Outcome = Result<unknown, { readonly code: string }>;

/** Spans of the work are children of the caller's span, unless a layer made a span of its own for the call. */
export function inTraceOf<T>(traceparent: string | undefined, work: () => T): T {
  const parent = trace.getActiveSpan() === undefined ? parseTraceparent(traceparent) : null;
  if (parent === null) return work();
  const { traceId, spanId, flags } = parent;
  const remote = { traceId, spanId, traceFlags: flags, isRemote: true };
  return context.with(trace.setSpanContext(context.active(), remote), work);
}

export function inSpan<T extends Outcome>(name: SpanName, work: () => T): T {
  return tracer.startActiveSpan(name, (span) => {
    try {
      return settled(span, work());
    } catch (error) {
      throw failed(span, error);
    } finally {
      span.end();
    }
  });
}

export async function inSpanAsync<T extends Outcome>(
  name: SpanName,
  work: () => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return settled(span, await work());
    } catch (error) {
      throw failed(span, error);
    } finally {
      span.end();
    }
  });
}

function settled<T extends Outcome>(span: Span, outcome: T): T {
  if (!outcome.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.error.code });
  return outcome;
}

/** The message of an error may repeat its input. */
function failed(span: Span, error: unknown): unknown {
  const message = error instanceof Error ? error.name : 'unknown';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  return error;
}
