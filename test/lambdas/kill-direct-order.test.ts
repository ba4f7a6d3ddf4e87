import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { callerToken, IDENTITY_ANSWER, OPERATOR } from '../support/caller-token.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { type Aws, mockAws } from '../support/mock-aws.ts';

/** Direct orders to the kill Lambda: whose name the events have. */

const log = captureLog();
const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:kill';
let aws: Aws;
let table: FakeTable;
let sts: Server;
let host = '';
let status = 200;
let removeFolder: () => void;

beforeAll(async () => {
  removeFolder = lambdaEnvironment();
  aws = mockAws();
  sts = createServer((request, response) => {
    const mine = request.headers['x-k8s-aws-id'] === FUNCTION;
    response.writeHead(mine ? status : 403).end(IDENTITY_ANSWER);
  });
  await new Promise<void>((listening) => sts.listen(0, '127.0.0.1', listening));
  host = `127.0.0.1:${(sts.address() as AddressInfo).port}`;
  process.env['AWS_ENDPOINT_URL'] = `http://${host}`;
});
beforeEach(() => {
  aws.acceptAll();
  table = fakeTable(aws);
  status = 200;
  log.clear();
});
afterAll(() => {
  removeFolder();
  sts.close();
  log.restore();
});

const order = async (caller?: unknown, invokedFunctionArn = FUNCTION): Promise<unknown> => {
  const { handler } = (await import('../../lambdas/kill.lambda.ts')) as {
    handler: (event: unknown, context: Context) => Promise<unknown>;
  };
  const input = { principal: 'people:ana', reason: 'laptop lost', caller };
  return handler(input, { awsRequestId: 'r-1', invokedFunctionArn } as Context);
};
const events = (): readonly unknown[] =>
  [...table.items.values()]
    .map((item) => unmarshall(item))
    .filter(({ type }) => type === 'principal-revoked');

test('an order with the token of an operator has their IAM identity in its event', async () => {
  await order(callerToken(host), `${FUNCTION}:live`);
  expect(events()).toMatchObject([
    { actor: OPERATOR, principalId: 'people:ana', reason: 'laptop lost', requestId: 'r-1' },
  ]);
  const line = log.lines().find(({ message }) => message === 'revoked by direct order');
  expect(line).toMatchObject({ operator: OPERATOR.name, principal: 'people:ana' });
  expect(JSON.stringify(log.lines())).not.toMatch(/session-token|6c8a58b29345ece4/);
});

test('an order without one is obeyed, and its event says that nobody proved who gave it', async () => {
  await order();
  expect(events()).toMatchObject([{ actor: 'broker', requestId: 'r-1' }]);
});

test.each([
  ['is refused by STS', 403],
  ['could not be checked', 500],
])('an order whose token %s ends nothing, and says how to go on', async (_, given) => {
  status = given;
  await expect(order(callerToken(host))).rejects.toThrow(
    expect.objectContaining({
      name: 'CallerNotProven',
      message: expect.stringMatching(/Nothing was done.*leave out `caller`/),
    }),
  );
  expect(table.items.size).toBe(0);
});

test.each([null, '', 7, 'people:zoe'])('no token is none that can be left out: %p', async (one) => {
  await expect(order(one)).rejects.toThrow('Nothing was done');
  expect(table.items.size).toBe(0);
});

test('a direct order begins a quarantine, in the name of who proved to give it', async () => {
  const { handler } = (await import('../../lambdas/kill.lambda.ts')) as {
    handler: (event: unknown, context: Context) => Promise<unknown>;
  };
  const context = { awsRequestId: 'r-1', invokedFunctionArn: FUNCTION } as Context;
  const quarantine = { reason: 'a token was stolen' };
  expect(await handler({ quarantine, caller: callerToken(host) }, context)).toEqual({
    quarantine: 'in force',
  });
  expect(table.sortKeys('QUARANTINE')).toEqual(['RECORD']);
  const begun = [...table.items.values()].map((item) => unmarshall(item));
  expect(begun).toContainEqual(
    expect.objectContaining({ type: 'quarantine-begun', actor: OPERATOR, ...quarantine }),
  );
});
