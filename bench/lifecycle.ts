import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { dynamoGrantStore } from '../adapters/dynamodb/grant-store.ts';
import { grantItem } from '../adapters/dynamodb/items.ts';
import type { LocalState } from '../local/state-folder.ts';
import { revokeAtOnce } from '../test/simulation/revoke-at-once.ts';
import { activeGrant } from '../test/support/sample-grants.ts';
import { ratios, round, spread } from './statistics.ts';
import { VEND_BODY } from './vend-handler.ts';

/** Measures what ending grants costs: time, policy writes, and reads of a table that has grown. */

/** Few, because more revocations on one role within half a minute wait for one another. */
const ROUNDS = 4;

type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

/** The time from calling `revoke` to the first refused call to S3. */
export async function measureRevocation(state: LocalState, token: string) {
  const root = client(state, { accessKeyId: state.accountId, secretAccessKey: 'local' });
  const s3 = new S3Client({ ...root, forcePathStyle: true });
  const object = { Bucket: 'acme-artifacts', Key: 'releases/1/app.tgz' };
  await s3.send(new CreateBucketCommand({ Bucket: object.Bucket }));
  await s3.send(new PutObjectCommand({ ...object, Body: 'x' }));
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${state.apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { grant: { id: string }; credentials: Keys };
  };
  const refused: number[] = [];
  const calls: number[] = [];
  for (let count = 0; count < ROUNDS; count += 1) {
    const parameters = { prefix: 'releases/1' };
    const { grant, credentials } = await post('/v1/credentials', { ...VEND_BODY, parameters });
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const keys = { accessKeyId, secretAccessKey, sessionToken };
    const own = new S3Client({ ...client(state, keys), forcePathStyle: true });
    if (!(await works(own, object))) throw new Error('fresh keys do not work');
    const begun = performance.now();
    const call = post(`/v1/grants/${grant.id}/revoke`, {}).then(() => {
      calls.push(performance.now() - begun);
    });
    while (await works(own, object)) await sleep(1);
    refused.push(performance.now() - begun);
    await call;
  }
  return { revokeToFirstRefusedMs: spread(refused), revokeCallMs: spread(calls) };
}

async function works(s3: S3Client, object: { Bucket: string; Key: string }): Promise<boolean> {
  try {
    const { Body } = await s3.send(new GetObjectCommand(object));
    // An unread body would keep its connection.
    await Body?.transformToByteArray();
    return true;
  } catch {
    return false;
  }
}

/** Policy writes by number of revocations: counts, which do not depend on the machine. */
export async function countPolicyWrites() {
  const calm = { fails: 0, loses: 0, late: 0 };
  const counts = await Promise.all(
    [1, 10, 100, 1000].map(async (grants) => [
      grants,
      (await revokeAtOnce(grants, calm)).aws.putCalls,
    ]),
  );
  return Object.fromEntries(counts) as Readonly<Record<string, number>>;
}

/** Times the sweep's query and one page of a list, with few and with many finished grants. */
export async function measureReads(state: LocalState, few = 1000, many = 100_000) {
  const dynamo = new DynamoDBClient(
    client(state, { accessKeyId: state.accountId, secretAccessKey: 'local' }),
  );
  const table = { client: dynamo, name: state.tableName, report: () => undefined };
  const store = dynamoGrantStore(table, () => Date.now());
  const requester = { type: 'User', id: 'people:bench', name: 'bench' } as const;
  const due = () => store.due(Date.now(), 500);
  const page = () => store.list({ requester: requester.id, limit: 50 });
  const fill = async (count: number): Promise<void> => {
    for (let first = 0; first < count; first += 200) {
      const batches = Array.from({ length: 8 }, () =>
        Array.from({ length: 25 }, () => {
          const times = { createdAt: Date.now() - Math.floor(Math.random() * 1e10) };
          const grant = activeGrant({ ...times, status: 'expired', requester });
          return { PutRequest: { Item: grantItem(grant) } };
        }),
      );
      await Promise.all(
        batches.map((items) =>
          dynamo.send(new BatchWriteItemCommand({ RequestItems: { [state.tableName]: items } })),
        ),
      );
    }
  };
  await fill(few);
  const [dueFew, pageFew] = [await times(due), await times(page)];
  await fill(many - few);
  const [dueMany, pageMany] = [await times(due), await times(page)];
  return {
    finishedGrants: [few, many],
    sweepQueryManyOverFew: ratios(dueMany, dueFew),
    sweepQueryMs: spread(dueMany),
    listPageManyOverFew: ratios(pageMany, pageFew),
    listPageMs: spread(pageMany),
    listPageQueries: 1,
  };
}

async function times(what: () => Promise<unknown>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    const begun = performance.now();
    await what();
    found.push(performance.now() - begun);
  }
  return found.slice(5).map(round);
}

function client(state: LocalState, credentials: { accessKeyId: string; secretAccessKey: string }) {
  return { endpoint: state.emulatorUrl, region: state.region, credentials };
}
