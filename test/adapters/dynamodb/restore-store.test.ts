import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoGrantStore } from '../../../adapters/dynamodb/grant-store.ts';
import { eventItem, grantItem, isRestored } from '../../../adapters/dynamodb/items.ts';
import { dynamoRestoreStore } from '../../../adapters/dynamodb/restore-store.ts';
import { type AuditEvent, brokerItself, eventOf } from '../../../core/audit.ts';
import { revoke } from '../../../core/lifecycle/end.ts';
import { placed } from '../../../core/recovery/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { sampleOf } from '../../support/ocsf/one-of-each.ts';
import {
  activeGrant,
  NOW,
  ROLE,
  requestedEvent,
  vendedEvent,
} from '../../support/sample-grants.ts';

const aws = mockAws();
let fake: FakeTable;

beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
});

const table = {
  ...{ client: new DynamoDBClient({ region: 'us-east-1' }), name: 't', report: () => {} },
  gated: () => true,
};
const { restore } = dynamoRestoreStore(table);
const store = dynamoGrantStore(table, () => NOW);
const grant = activeGrant({ keysValidUntil: NOW + 600_000 });
const TRAIL = [requestedEvent(grant), vendedEvent(grant)];
const create = () =>
  store.create({ grant, events: TRAIL, idempotency: null, vendsOn: [], counted: [] });

describe('a grant that the table lost', () => {
  test('comes back with the rows and the trail that it had, and nobody is told of it again', async () => {
    await create();
    const before = new Map(fake.items);
    fake.items.clear();
    const restoration = { before: null, grant, missing: placed(TRAIL), events: [] };
    expect(await restore(restoration)).toEqual(ok(null));
    expect([...fake.items.keys()].toSorted()).toEqual([...before.keys()].toSorted());
    expect(await store.find(grant.id)).toEqual(ok(grant));
    expect(await store.events(grant.id, { limit: 9, after: null })).toEqual(
      ok({ events: TRAIL, next: null }),
    );
    const events = [...fake.items.values()].filter(({ sk }) => sk?.S?.startsWith('EVENT#'));
    expect(events.map(isRestored)).toEqual([true, true]);
    expect(await restore(restoration)).toEqual(err({ code: 'conflict' }));
    const written = new Map(fake.items);
    expect(await restore({ ...restoration, before: grant })).toEqual(ok(null));
    expect(fake.items).toEqual(written);
  });

  test('gets back under its key what was written alone, in whatever order the ledger has it', async () => {
    await create();
    // The id that sorts first: ids are random, and decide nothing.
    const alone = { ...sampleOf('vend-failed'), id: 'ev_', grantId: grant.id, grantVersion: 1 };
    await store.appendEvent(alone);
    const told = await store.events(grant.id, { limit: 9, after: null });
    expect(told).toEqual(ok({ events: [...TRAIL, alone], next: null }));
    const before = [...fake.items.keys()].toSorted();
    for (const trail of [
      [...TRAIL, alone],
      [alone, ...TRAIL],
    ]) {
      fake.items.clear();
      await restore({ before: null, grant, missing: placed(trail), events: [] });
      expect([...fake.items.keys()].toSorted()).toEqual(before);
    }
  });

  test('comes back with more events than a transaction can have', async () => {
    const many: AuditEvent[] = Array.from({ length: 230 }, () => vendedEvent(grant));
    const missing = placed(many);
    expect(await restore({ before: null, grant, missing, events: [] })).toEqual(ok(null));
    const trail = await store.events(grant.id, { limit: 300, after: null });
    expect(trail.ok && trail.value.events).toHaveLength(230);
  });
});

describe('a grant that the table has', () => {
  test('gets every row that a restore lost, and loses those of an earlier state', async () => {
    await create();
    const ended = revoke(grant, 'r', NOW);
    if (!ended.ok) throw new Error('not ended');
    // The row of the grant is newer than the rows that were written with it.
    fake.items.set(`GRANT#${grant.id} GRANT`, grantItem(ended.value.grant));
    const after = ended.value.grant;
    expect(await restore({ before: after, grant: after, missing: [], events: [] })).toEqual(
      ok(null),
    );
    expect(fake.sortKeys(`ROLE#${ROLE}`)).toEqual([`DENY#${grant.id}`]);
    expect(fake.sortKeys(`PRINCIPAL#${grant.requester.id}`)).toContain(`GRANT#${grant.id}`);
  });

  test('is left alone where somebody changed it meanwhile, and news of it are told', async () => {
    await create();
    const by = brokerItself('recovery');
    const ended = { ...grant, version: 2, status: 'revoked' } as const;
    const told = eventOf(
      ended,
      { type: 'revoked', reason: 'r', killSeconds: null },
      by,
      NOW,
      randomBytes,
    );
    const late = { before: { ...grant, version: 7 }, grant: ended, missing: [], events: [told] };
    expect(await restore(late)).toEqual(err({ code: 'conflict' }));
    expect(await restore({ ...late, before: grant })).toEqual(ok(null));
    const item = fake.items.get(`${eventItem(told)['pk']?.S} ${eventItem(told)['sk']?.S}`);
    expect(item && isRestored(item)).toBe(false);
  });
});
