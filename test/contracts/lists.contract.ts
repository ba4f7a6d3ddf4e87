import {
  DeleteItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { GRANT_LISTING_KEY, grantKey } from '../../adapters/dynamodb/keys.ts';
import { GRANT_STATUSES, type Grant, type GrantStatus } from '../../core/grant.ts';
import { vendUnder } from '../../core/lifecycle/active.ts';
import { ok } from '../../core/result.ts';
import {
  activeGrant,
  NO_APPROVALS,
  NOW,
  requestedEvent,
  vendedEvent,
} from '../support/sample-grants.ts';
import { createTableLike } from './moto/start.ts';

const LAPSING = { ...NO_APPROVALS, lapseAt: NOW + 3_600_000 };
const TEN_MINUTES = 600_000;

type Opened = { readonly client: DynamoDBClient; readonly name: string };

/** How lists find the grants that the version before wrote, and those that change their status. */
export function listsContract(dynamo: string, open: () => Promise<Opened>): void {
  describe(`the lists of grants on ${dynamo}`, () => {
    let table: Opened & { readonly report: () => undefined };
    const storeAt = (now: number) => dynamoGrantStore(table, () => now);

    beforeAll(async () => {
      // Of its own: the progress of a pass is one row of the table.
      const opened = await open();
      const name = `${opened.name}-lists`;
      await createTableLike(opened, opened.client, name);
      table = { client: opened.client, name, report: () => undefined };
    });
    afterAll(() => table.client.send(new DeleteTableCommand({ TableName: table.name })));

    const create = async (status: GrantStatus, entitlement: string): Promise<Grant> => {
      const approvals = status === 'pending' ? LAPSING : NO_APPROVALS;
      const grant = activeGrant({ status, entitlement, approvals });
      const write = {
        grant,
        events: [requestedEvent(grant)],
        idempotency: null,
        vendsOn: [],
        counted: [],
      };
      expect(await storeAt(NOW).create(write)).toEqual(ok(null));
      return grant;
    };

    /** As the version before left it behind. */
    const spoil = ({ id }: Grant, shard: string | null) =>
      table.client.send(
        new UpdateItemCommand({
          TableName: table.name,
          Key: marshall(grantKey(id)),
          UpdateExpression: shard === null ? 'REMOVE statusShard' : 'SET statusShard = :shard',
          ...(shard !== null && { ExpressionAttributeValues: marshall({ ':shard': shard }) }),
        }),
      );
    const forget = () =>
      table.client.send(
        new DeleteItemCommand({ TableName: table.name, Key: marshall(GRANT_LISTING_KEY) }),
      );

    const listed = async (status: GrantStatus, entitlement: string): Promise<readonly Grant[]> => {
      const page = await storeAt(NOW).list({ status, entitlement, limit: 10 });
      if (!page.ok) throw new Error('no page');
      return page.value.grants;
    };

    test('contain grants of the version before, whatever their status, after the first pass', async () => {
      const entitlement = `old-${activeGrant().id.slice(3)}`;
      const grants = await Promise.all(GRANT_STATUSES.map((status) => create(status, entitlement)));
      for (const grant of grants) await spoil(grant, null);
      for (const { status } of grants) expect(await listed(status, entitlement)).toEqual([]);
      await forget();
      expect(await storeAt(NOW).completeLists()).toEqual(ok(null));
      for (const grant of grants) expect(await listed(grant.status, entitlement)).toEqual([grant]);
    });

    test('contain what the version before still wrote during the upgrade after a second pass, which is the last', async () => {
      const entitlement = `late-${activeGrant().id.slice(3)}`;
      await forget();
      await storeAt(NOW).completeLists();
      const late = await create('active', entitlement);
      const moved = await create('expired', entitlement);
      await spoil(late, null);
      await spoil(moved, 'active#0');
      await storeAt(NOW + TEN_MINUTES - 1).completeLists();
      expect(await listed('active', entitlement)).toEqual([]);
      await storeAt(NOW + TEN_MINUTES).completeLists();
      expect(await listed('active', entitlement)).toEqual([late]);
      expect(await listed('expired', entitlement)).toEqual([moved]);
      await spoil(late, null);
      await storeAt(NOW + 9 * TEN_MINUTES).completeLists();
      expect(await listed('active', entitlement)).toEqual([]);
    });

    test('move a scheduled grant to the active ones with its first vend', async () => {
      const entitlement = `vend-${activeGrant().id.slice(3)}`;
      const grant = await create('scheduled', entitlement);
      const active = vendUnder(grant, NOW);
      if (!active.ok) throw new Error('not active');
      const vend = {
        grant: active.value,
        begins: true,
        event: vendedEvent(grant),
        idempotency: null,
      };
      expect(
        await storeAt(NOW).recordVend({ ...vend, vendsOn: [], counted: [], now: NOW }),
      ).toEqual(ok(null));
      expect(await listed('scheduled', entitlement)).toEqual([]);
      expect(await listed('active', entitlement)).toMatchObject([{ id: grant.id }]);
    });
  });
}
