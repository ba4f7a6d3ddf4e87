import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  TransactionConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { grantItem } from '../../../adapters/dynamodb/items.ts';
import { listOldGrants } from '../../../adapters/dynamodb/list-old-grants.ts';
import { GRANT_STATUSES, type GrantStatus } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { activeGrant, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const aws = mockAws();
const failures: string[] = [];
let now = 0;
const table = {
  client: new DynamoDBClient({ region: 'eu-central-1' }),
  name: 'grants',
  report: (operation: string) => failures.push(operation),
  timing: {
    now: () => now,
    pause: async (milliseconds: number) => {
      now += milliseconds;
    },
    chance: () => 1,
  },
};

/** A grant as the version before wrote it. */
function old(status: GrantStatus, { items }: FakeTable): string {
  const approvals = { ...NO_APPROVALS, lapseAt: NOW };
  const grant = activeGrant({ status, ...(status === 'pending' && { approvals }) });
  const { statusShard: _, ...item } = grantItem(grant);
  items.set(`GRANT#${grant.id} GRANT`, item);
  return grant.id;
}

const shardOf = ({ items }: FakeTable, id: string) =>
  items.get(`GRANT#${id} GRANT`)?.['statusShard']?.S;
const progress = ({ items }: FakeTable) => unmarshall(items.get('LISTING GRANTS') ?? {});
const statuses = () =>
  aws.dynamo
    .commandCalls(QueryCommand)
    .map(({ args }) => args[0].input.ExpressionAttributeValues?.[':status']?.S);

describe('the pass over grants of the version before', () => {
  let fake: FakeTable;
  beforeEach(() => {
    aws.acceptAll();
    fake = fakeTable(aws);
    failures.length = 0;
    now = 0;
  });

  test('begins with open grants, and costs one read once both passes are made', async () => {
    const ids = GRANT_STATUSES.map((status) => [status, old(status, fake)] as const);
    expect(await listOldGrants(table, NOW)).toEqual(ok(null));
    expect(statuses().slice(0, 4)).toEqual(['pending', 'scheduled', 'active', 'revoking']);
    expect(new Set(statuses())).toEqual(new Set(GRANT_STATUSES));
    for (const [status, id] of ids)
      expect(shardOf(fake, id)).toMatch(new RegExp(`^${status}#[0-3]$`));
    await listOldGrants(table, NOW + 600_000);
    expect(progress(fake)).toMatchObject({ passes: 2, status: 'pending', place: null });
    aws.dynamo.resetHistory();
    await listOldGrants(table, NOW + 6_000_000);
    expect(aws.dynamo.calls()).toHaveLength(1);
  });

  test('stops after twenty seconds, and goes on where it was', async () => {
    const ids = Array.from({ length: 1200 }, () => old('pending', fake));
    const listed = () => ids.filter((id) => shardOf(fake, id) !== undefined).length;
    // The clock jumps once the first page was begun.
    let asked = 0;
    const time = () => (asked++ < 2 ? 0 : 20_000);
    const slow = { ...table, timing: { ...table.timing, now: time } };
    await listOldGrants(slow, NOW);
    expect(progress(fake)).toMatchObject({ passes: 0, status: 'pending' });
    const first = listed();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(1200);
    const { place } = progress(fake);
    aws.dynamo.resetHistory();
    await listOldGrants(table, NOW);
    const [goesOn] = aws.dynamo.commandCalls(QueryCommand);
    expect(unmarshall(goesOn?.args[0].input.ExclusiveStartKey ?? {})).toEqual(place);
    expect(listed()).toBe(1200);
    expect(progress(fake)).toMatchObject({ passes: 1 });
  });

  test('repeats a write that met another one, and leaves a grant that has moved on', async () => {
    const [met, moved] = [old('active', fake), old('active', fake)];
    let refusals = 2;
    const seen: unknown[] = [];
    aws.dynamo.on(UpdateItemCommand).callsFake((input) => {
      seen.push(input.Key.pk.S);
      if (input.Key.pk.S === `GRANT#${met}` && refusals-- > 0) {
        throw new TransactionConflictException({ message: 'no', $metadata: {} });
      }
      if (input.Key.pk.S === `GRANT#${moved}`) {
        throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
      }
      return {};
    });
    expect(await listOldGrants(table, NOW)).toEqual(ok(null));
    expect(seen.filter((pk) => pk === `GRANT#${met}`)).toHaveLength(3);
    expect(failures).toEqual([]);
  });

  test('keeps its place where a write fails', async () => {
    const id = old('active', fake);
    fake.failing = (command) => command === 'UpdateItem';
    expect(await listOldGrants(table, NOW)).toEqual(err(NO_STORE));
    expect(failures).toEqual(['UpdateItem']);
    expect(progress(fake)).toMatchObject({ passes: 0, status: 'active' });
    fake.failing = () => false;
    expect(await listOldGrants(table, NOW)).toEqual(ok(null));
    expect(shardOf(fake, id)).toBeDefined();
  });

  test('is unavailable where the table is', async () => {
    fake.failing = (command) => command === 'Query';
    expect(await listOldGrants(table, NOW)).toEqual(err(NO_STORE));
    expect(failures).toEqual(['Query']);
  });
});
