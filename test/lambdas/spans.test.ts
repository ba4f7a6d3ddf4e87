import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';
import { awsError } from '../support/mock-aws.ts';

/** What a provider of OpenTelemetry gets to see, such as that of a layer. */

type Ended = { readonly name: string; readonly status: unknown; readonly attributes: unknown[] };

let api: ApiUnderTest;
let token: string;
let ended: Ended[] = [];

function span(name: string): Span {
  let status: unknown = null;
  const attributes: unknown[] = [];
  return {
    setStatus: (given: unknown) => {
      status = given;
    },
    setAttribute: (...given: unknown[]) => attributes.push(given),
    setAttributes: (given: unknown) => attributes.push(given),
    recordException: (given: unknown) => attributes.push(given),
    end: () => ended.push({ name, status, attributes }),
  } as unknown as Span;
}

beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
  api.aws.acceptAll();
  // The Lambda is there first: layers register their provider before or after.
  await api.call('POST /v1/credentials', { token, body: ARTIFACTS });
  const tracer = {
    startActiveSpan: (name: string, work: (span: Span) => unknown) => work(span(name)),
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer as unknown as Tracer });
});
afterAll(async () => {
  trace.disable();
  await api.stop();
});
beforeEach(() => {
  ended = [];
  api.aws.acceptAll();
});

test('a vend has a span for each decision, the transaction and the session, in that order', async () => {
  await api.call('POST /v1/credentials', { token, body: ARTIFACTS });
  expect(ended.map(({ name }) => name)).toEqual(['decide', 'decide', 'transact', 'assume']);
  for (const one of ended) expect(one).toMatchObject({ status: null, attributes: [] });
});

test('a span of what failed names the kind of failure and nothing of its message', async () => {
  api.aws.sts.on(AssumeRoleCommand).rejects(awsError('InternalFailure', `Bearer ${token}`));
  await api.call('POST /v1/credentials', { token, body: ARTIFACTS });
  const failed = { code: SpanStatusCode.ERROR, message: 'unavailable' };
  expect(ended.at(-1)).toMatchObject({ name: 'assume', status: failed, attributes: [] });
  expect(JSON.stringify(ended)).not.toContain(token);
});
