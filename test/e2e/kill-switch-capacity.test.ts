import { setTimeout as sleep } from 'node:timers/promises';
import { GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from '@jest/globals';
import { KILL_SWITCH_POLICY } from '../../core/kill/deny-policy.ts';
import {
  ARTIFACTS,
  awsClient,
  BUCKET,
  type Credentials,
  call,
  fillBucket,
  person,
  refusal,
  s3,
  tokenFor,
  until,
  vend,
} from './support.ts';

/** More ended grants than a policy could name, on the role that other sessions go on using. */

beforeAll(fillBucket);

const ENDED = 400;
const OTHERS = 20;
const AT_ONCE = 6;
/** Ids that are younger share no prefix. */
const YOUNG_MS = 61_000;

type Vended = Awaited<ReturnType<typeof vend>>;

const useOf = ({ credentials }: { readonly credentials: Credentials }) =>
  refusal(
    s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz' })),
  );

/** A busy machine answers 503 now and then. */
const vendPatiently = (token: string) =>
  until('keys', () => vend(token, ARTIFACTS).catch(() => null));

async function inParts<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(act))));
  }
  return done;
}

async function policy(): Promise<string> {
  const command = { RoleName: 'artifacts', PolicyName: KILL_SWITCH_POLICY };
  const { PolicyDocument = '' } = await new IAMClient(awsClient()).send(
    new GetRolePolicyCommand(command),
  );
  return decodeURIComponent(PolicyDocument);
}

test('400 grants end within the life of their keys, and 20 others between them go on working', async () => {
  const sub = `many-${Date.now()}`;
  const email = `${sub}@acme.example`;
  const hers = await tokenFor('people', { sub, email, groups: ['platform'] });
  const others = await person(['platform']);
  const all = Array.from({ length: ENDED + OTHERS }, (_, index) => index % 21 === 10);
  const vended = await inParts(all, async (isOther) => ({
    isOther,
    ...(await vendPatiently(isOther ? others : hers)),
  }));
  const of = (whose: boolean): readonly Vended[] =>
    vended.filter(({ isOther }) => isOther === whose);
  expect([of(false).length, of(true).length]).toEqual([ENDED, OTHERS]);
  await sleep(YOUNG_MS);

  const revokeAll = async () => {
    const { body } = await call('POST', `/v1/principals/people%3A${sub}/revoke`, hers, {});
    return body['finished'] === true ? true : null;
  };
  await until('all are ended', revokeAll, 200_000);
  const noneRevoking = async () => {
    const { body } = await call('GET', '/v1/grants?status=revoking&limit=1', hers);
    return (body['grants'] as unknown[]).length === 0 ? true : null;
  };
  await until('all are revoked', noneRevoking, 200_000);

  const text = await policy();
  expect(text).not.toContain('IssuedBefore');
  expect(text.length).toBeLessThan(3000);
  const dead = await inParts(of(false), useOf);
  expect(dead.filter((refused) => refused !== 'AccessDenied')).toEqual([]);
  const alive = await inParts(of(true), useOf);
  expect(alive.filter((refused) => refused !== null)).toEqual([]);
  // A grant that begins now is younger than everything that the policy denies.
  expect(await useOf(await vendPatiently(others))).toBeNull();
}, 600_000);
