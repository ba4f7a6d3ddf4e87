import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { fakeTable } from '../../support/fake-table.ts';
import { manyGrants } from '../../support/many-grants.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { MOST, tableCosts } from '../../support/table-costs.ts';

const aws = mockAws();

async function costsAt(total: number) {
  aws.acceptAll();
  const { items } = fakeTable(aws);
  for (const item of manyGrants(total)) items.set(`${item['pk']?.S} GRANT`, item);
  return tableCosts(new DynamoDBClient({ region: 'us-east-1' }), 'grants');
}

test('lists, the sweep and a suspension cost among 100,000 grants what their limits allow', async () => {
  const costs = await costsAt(100_000);
  for (const [what, most] of Object.entries(MOST)) {
    const { calls = 0, itemsRead = 0 } = costs[what] ?? {};
    expect({ what, calls: calls <= most.calls, itemsRead: itemsRead <= most.itemsRead }).toEqual({
      ...{ what, calls: true, itemsRead: true },
    });
  }
});
