import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoKillStore } from '../../../adapters/dynamodb/kill-store.ts';
import { NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';

/** Items that an earlier version wrote. */

const ROLE = 'arn:aws:iam::111122223333:role/valetkey/artifacts';
const ID = 'gr_rmt26ztv3e0w40a64rch';

const dynamo = mockClient(DynamoDBClient);
const kills = dynamoKillStore({
  client: new DynamoDBClient({}),
  name: 'grants',
  report: () => undefined,
});

test('a switch that names grants is read as one with patterns', async () => {
  const item = { confirmed: { grantIds: [ID], cutoff: 5000 }, writes: 2, wroteAt: 7 };
  dynamo.on(GetItemCommand).resolves({ Item: marshall(item) });
  expect(await kills.readSwitch(ROLE)).toEqual({
    ok: true,
    value: {
      confirmed: { ...NOTHING_DENIED, patterns: [ID], cutoff: 5000 },
      writes: 2,
      wroteAt: 7,
      leased: false,
    },
  });
});

test('a deny without a principal is nobody’s, and sessions may still begin', async () => {
  const row = { sk: `DENY#${ID}`, at: 1, until: 2 };
  dynamo.on(QueryCommand).resolves({ Items: [marshall(row)] });
  expect(await kills.denied(ROLE)).toEqual({
    ok: true,
    value: [{ grantId: ID, at: 1, until: 2, principalKey: null, begins: true }],
  });
});

test('open grants are read consistently, by their place beside the role', async () => {
  const row = { sk: `OPEN#${ID}`, principalKey: 'ana-343pcddht9bsnagv' };
  dynamo.on(QueryCommand).resolves({ Items: [marshall(row)] });
  expect(await kills.open(ROLE)).toEqual({
    ok: true,
    value: [{ grantId: ID, principalKey: 'ana-343pcddht9bsnagv' }],
  });
  const input = dynamo.commandCalls(QueryCommand).at(-1)?.args[0].input;
  expect(input).toMatchObject({
    ConsistentRead: true,
    ExpressionAttributeValues: { ':pk': { S: `ROLE#${ROLE}` }, ':prefix': { S: 'OPEN#' } },
  });
});
