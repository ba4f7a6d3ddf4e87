import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dynamoLedgerStore } from '../../../adapters/dynamodb/ledger-store.ts';
import { EMPTY_TREE } from '../../../core/ledger/merkle.ts';
import { ok } from '../../../core/result.ts';
import { entriesOf, grown } from '../../contracts/ledger-store.contract.ts';

/** A DynamoDB whose first answer gets lost: the client repeats the call by itself. */
const heard: string[] = [];
let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    heard.push(Buffer.concat(chunks).toString());
    if (heard.length === 1) response.destroy();
    else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  const endpoint = `http://127.0.0.1:${port}`;
  client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a transaction is repeated as it was, with its token: DynamoDB writes it once', async () => {
  const entries = entriesOf('a', 2);
  const report = (operation: string) => {
    throw new Error(`${operation} failed`);
  };
  const store = dynamoLedgerStore({ client, name: 't', report });
  expect(await store.add(EMPTY_TREE, grown(EMPTY_TREE, entries), entries)).toEqual(ok(undefined));
  const [first, second, ...more] = heard;
  expect([second, more]).toEqual([first, []]);
  expect(JSON.parse(first ?? '{}')).toHaveProperty('ClientRequestToken');
});
