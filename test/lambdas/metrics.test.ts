import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { QUARANTINE_KEY } from '../../adapters/dynamodb/keys.ts';
import type { RouteKey } from '../../core/api/routes.ts';
import { METRICS } from '../../core/metrics.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, TABLE } from '../support/callers.ts';
import { emittedMetrics, writeMetrics } from '../support/emitted-metrics.ts';
import { awsError } from '../support/mock-aws.ts';
import { testClock } from '../support/test-clock.ts';

/** The metrics of the Lambda that vends, as CloudWatch reads them from its log. */

const VEND: RouteKey = 'POST /v1/credentials';
const clock = testClock();
let api: ApiUnderTest;
let token: string;

beforeAll(async () => {
  writeMetrics('vend');
  api = await startApi();
  token = await ana(api.issuer);
  api.aws.acceptAll();
  await api.call(VEND, { token, body: ARTIFACTS });
});
afterAll(() => {
  clock.restart();
  return api.stop();
});
beforeEach(() => {
  api.aws.acceptAll();
});

const emitted = () => emittedMetrics(api.log.lines());
const valuesOf = (metric: string) =>
  emitted()
    .filter((one) => one.metric === metric)
    .map(({ dimensions, values }) => ({ dimensions, values }));

describe('a vend', () => {
  test('the first of a Lambda counts its start, the next ones do not', async () => {
    expect(valuesOf('ColdStart')).toEqual([{ dimensions: { service: 'vend' }, values: [1] }]);
    api.log.clear();
    await api.call(VEND, { token, body: ARTIFACTS });
    expect(valuesOf('ColdStart')).toEqual([]);
  });

  test('writes what it took, in the namespace of the stack, with nothing that identifies anybody', async () => {
    api.log.clear();
    await api.call(VEND, { token, body: ARTIFACTS });
    const service = { service: 'vend' };
    const all = emitted();
    expect(all.map(({ metric }) => metric).toSorted()).toEqual([
      ...['DecisionLatency', 'Requests', 'StsLatency', 'VendFailed', 'VendLatency', 'VendSlow'],
      'Vends',
    ]);
    for (const { namespace, metric, unit, dimensions, values } of all) {
      expect([namespace, unit]).toEqual(['ValetKey', METRICS[metric as 'Vends'].unit]);
      expect(dimensions).toEqual(
        metric === 'Requests' ? { ...service, outcome: 'served' } : service,
      );
      expect(values).toHaveLength(1);
    }
    const lines = api.log.lines().filter((line) => '_aws' in line);
    // One for each combination of dimensions, and nothing in them but metrics.
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const known = ['_aws', 'service', 'outcome', ...Object.keys(METRICS)];
      for (const key of Object.keys(line)) expect(known).toContain(key);
    }
  });

  test('that STS refuses counts as failed, with the reason', async () => {
    api.aws.sts.on(AssumeRoleCommand).rejects(awsError('InternalFailure'));
    api.log.clear();
    expect((await api.call(VEND, { token, body: ARTIFACTS })).status).toBe(503);
    const service = { service: 'vend' };
    expect(valuesOf('VendFailed')).toEqual([{ dimensions: service, values: [1] }]);
    expect(valuesOf('VendFailures')).toEqual([
      { dimensions: { ...service, reason: 'sts' }, values: [1] },
    ]);
    expect(valuesOf('VendLatency')).toEqual([]);
  });

  test('that policy denies is no failed vend', async () => {
    api.log.clear();
    expect((await api.call(VEND, { token, body: TABLE })).status).toBe(403);
    expect(emitted().map(({ metric }) => metric)).toEqual(['DecisionLatency', 'Requests']);
  });
});

test('a vend that a quarantine refuses is counted as that, and not as failed', async () => {
  const record = { revision: 'ev_1', cause: 'order', at: Date.now(), by: 'broker', reason: 'x' };
  const Item = marshall({ ...QUARANTINE_KEY, ...record, release: null });
  api.aws.dynamo.on(GetItemCommand).resolves({ Item });
  api.log.clear();
  // Later than the reads of the tests before.
  clock.forward(10);
  expect((await api.call(VEND, { token, body: ARTIFACTS })).status).toBe(503);
  clock.forward(10);
  expect(emitted().map(({ metric, dimensions }) => [metric, dimensions['outcome']])).toEqual([
    ['Requests', 'quarantined'],
  ]);
});

test.each([
  ['missing', {}],
  ['malformed', { headers: { authorization: 'Basic YTpi' } }],
  ['refused', { token: 'no.such.token' }],
])('a call whose token is %s is counted under that word', async (why, call) => {
  api.log.clear();
  await api.call(VEND, { ...call, body: ARTIFACTS });
  expect(valuesOf('TokensRefused')).toEqual([
    { dimensions: { service: 'vend', why }, values: [1] },
  ]);
});

test('a metric that cannot be written fails no call, and the next one is written', async () => {
  const broken = (): never => {
    throw new Error('EPIPE');
  };
  api.log.clear();
  jest.mocked(console.log).mockImplementationOnce(broken);
  const answer = await api.call(VEND, { token, body: ARTIFACTS });
  expect(answer.status).toBe(200);
  expect(answer.body).toHaveProperty('credentials');
  expect(valuesOf('Requests')).toHaveLength(1);
  expect(valuesOf('Vends')).toEqual([]);
});
