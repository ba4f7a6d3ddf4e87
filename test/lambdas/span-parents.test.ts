import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';

/** What the provider of a layer gets: here it is the real one, in this process. */

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const SPANS = ['decide', 'decide', 'transact', 'assume'];

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  provider.register();
  // A layer brings its own copy of the API: AWSOpenTelemetryDistroJs has 1.9 in November 2026.
  Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1')).version = '1.9.0';
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(async () => {
  await provider.shutdown();
  trace.disable();
  await api.stop();
});
beforeEach(() => {
  api.aws.acceptAll();
  exporter.reset();
});

async function vend(traceparent: string): Promise<readonly ReadableSpan[]> {
  const headers = { traceparent };
  const { status } = await api.call('POST /v1/credentials', { token, body: ARTIFACTS, headers });
  expect(status).toBe(200);
  return exporter.getFinishedSpans();
}

test('the spans of a vend are children of the span that the caller named', async () => {
  const spans = await vend(`00-${TRACE}-${PARENT}-01`);
  expect(spans.map(({ name }) => name)).toEqual(SPANS);
  for (const span of spans) {
    expect(span.spanContext().traceId).toBe(TRACE);
    expect(span.parentSpanContext).toMatchObject({ spanId: PARENT, isRemote: true });
  }
});

test('what the caller does not sample is not sampled here', async () => {
  const spans = await vend(`00-${TRACE}-${PARENT}-00`);
  expect(spans.map(({ name }) => name)).toEqual([]);
});

test('without a valid traceparent they have no parent', async () => {
  const spans = await vend(`00-${TRACE}-${'0'.repeat(16)}-01`);
  expect(spans.map(({ name }) => name)).toEqual(SPANS);
  for (const span of spans) {
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(TRACE);
  }
});

test('a layer that has a span of its own around the call keeps it as their parent', async () => {
  await provider.getTracer('layer').startActiveSpan('invocation', async (invocation) => {
    const spans = await vend(`00-${TRACE}-${PARENT}-01`);
    const parents = spans.map(({ parentSpanContext }) => parentSpanContext?.spanId);
    expect(new Set(parents)).toEqual(new Set([invocation.spanContext().spanId]));
    invocation.end();
  });
});
