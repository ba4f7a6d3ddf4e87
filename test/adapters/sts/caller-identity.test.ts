import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { callerIdentity } from '../../../adapters/sts/caller-identity.ts';
import { callerToken, IDENTITY_ANSWER, OPERATOR } from '../../support/caller-token.ts';

/** A stand-in for STS that notes what it is asked. */

const RECEIVER = 'arn:aws:lambda:eu-central-1:123456789012:function:kill';
const client = new STSClient({ region: 'eu-central-1' });
let answer: (response: ServerResponse) => void;
let asked: IncomingMessage[] = [];
let server: Server;
let host = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    answer(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  process.env['AWS_ENDPOINT_URL'] = `http://${host}`;
  answer = (response) => response.end(IDENTITY_ANSWER);
  asked = [];
});

const identify = (token: unknown) => callerIdentity(client, token, RECEIVER);

test('STS says whose signature it is, and is told for whom it was made', async () => {
  expect(await identify(callerToken(host))).toEqual({ ok: true, value: OPERATOR });
  const [{ method, url, headers } = { method: '', url: '', headers: {} }] = asked;
  expect(method).toBe('GET');
  expect(url).toMatch(/^\/\?Action=GetCallerIdentity&.*X-Amz-Signature=6c8a58b29345ece4$/);
  expect(headers).toMatchObject({ host, 'x-k8s-aws-id': RECEIVER });
});

test('a token with anything else than that request is sent nowhere', async () => {
  expect((await identify(callerToken(host, { Action: 'AssumeRole' }))).ok).toBe(false);
  expect((await identify('people:ana')).ok).toBe(false);
  expect(asked).toEqual([]);
});

test('a token for another host is sent nowhere, and the host that it needs is named', async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  const other = await identify(callerToken('sts.attacker.example'));
  expect(other).toEqual({
    ok: false,
    error: expect.stringMatching(
      /made for sts\.attacker\.example; make it for sts\.eu-central-1\.amazonaws\.com with --region/,
    ),
  });
  expect(asked).toEqual([]);
});

test.each([
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
])('in %s it needs the host %s', async (region, needed) => {
  delete process.env['AWS_ENDPOINT_URL'];
  const there = new STSClient({ region });
  const refused = await callerIdentity(there, callerToken('sts.amazonaws.com'), RECEIVER);
  expect(refused).toMatchObject({ error: expect.stringContaining(`make it for ${needed} `) });
});

test('a signature that STS refuses proves nothing, and the receiver to sign for is named', async () => {
  answer = (response) => response.writeHead(403).end('<Code>SignatureDoesNotMatch</Code>');
  expect(await identify(callerToken(host))).toEqual({
    ok: false,
    error: expect.stringContaining(`made with --cluster-name ${RECEIVER}`),
  });
});

test.each<[string, (response: ServerResponse) => void]>([
  ['fails', (response) => response.writeHead(500).end(IDENTITY_ANSWER)],
  ['hangs up', (response) => response.destroy()],
  ['sends it elsewhere', (response) => response.writeHead(302, { location: '/x' }).end()],
])('an STS that %s is no proof', async (_, given) => {
  answer = given;
  expect(await identify(callerToken(host))).toEqual({
    ok: false,
    error: 'STS did not answer; repeat the order',
  });
});

test('an answer without a name is no proof', async () => {
  answer = (response) => response.end('<html>');
  expect(await identify(callerToken(host))).toEqual({
    ok: false,
    error: 'STS answered without a name',
  });
});
