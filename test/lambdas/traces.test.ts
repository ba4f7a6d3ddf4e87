import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';
import { written } from '../support/stored-grants.ts';

/** Events have the id of the trace that log lines have. */

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const HEADER = { traceparent: `00-${ID}-00f067aa0ba902b7-01` };

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => {
  api.aws.acceptAll();
  api.log.clear();
});
afterEach(() => {
  delete process.env['_X_AMZN_TRACE_ID'];
});

async function traceIdsOf(headers: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  const { events } = await written(api, 'POST /v1/credentials', {
    ...{ token, body: ARTIFACTS, headers },
  });
  expect(events.map(({ type }) => type?.S)).toEqual(['requested', 'vended']);
  return events.map((event) => unmarshall(event)['traceId']);
}

test('the events of a call have the id of the trace of its caller', async () => {
  expect(await traceIdsOf(HEADER)).toEqual([ID, ID]);
  expect(api.log.lines().at(-1)).toMatchObject({ traceId: ID });
});

test('without one they have that of X-Ray', async () => {
  process.env['_X_AMZN_TRACE_ID'] = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0';
  const id = '5759e988bd862e3fe1be46a994272793';
  expect(await traceIdsOf({})).toEqual([id, id]);
});

test.each([
  `00-${ID.toUpperCase()}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${ID}-00f067aa0ba902b7-01 <script>`,
  'x'.repeat(5000),
  '',
])('what is no traceparent is stored nowhere: %.60j', async (traceparent) => {
  expect(await traceIdsOf({ traceparent })).toEqual([undefined, undefined]);
  const stored = JSON.stringify(api.aws.transactions());
  expect(stored).not.toContain('traceId');
});

test('the record of a refused call has it, too', async () => {
  const call = { token, id: 'people:bob', headers: HEADER, body: { reason: 'x' } };
  const { status } = await api.call('POST /v1/principals/{id}/suspend', call);
  expect(status).toBe(403);
  const [put] = api.aws.dynamo.commandCalls(PutItemCommand);
  const record = unmarshall(put?.args[0].input.Item ?? {});
  expect(record).toMatchObject({ type: 'principal-refused', traceId: ID });
});
