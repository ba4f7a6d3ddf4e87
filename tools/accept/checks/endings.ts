import { setTimeout as sleep } from 'node:timers/promises';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Keys, Vended } from '../broker.ts';
import { roleArn } from '../names.ts';
import { type Check, must, type Site, seconds } from './checks.ts';

/** When vended keys stop. */

/** IAM says "typically seconds" and promises nothing; this is when a run gives up. */
const LONGEST_PROPAGATION_MS = 60_000;
const SHORT_GRANT_SECONDS = 20;

export const EXPIRY: Check = {
  title: 'ends keys at expiresAt, to the second',
  run: async ({ broker }) => {
    const { grant, credentials } = await broker.vend('read', SHORT_GRANT_SECONDS);
    const end = Date.parse(grant.expiresAt);
    let lastRead = 0;
    await sleep(Math.max(0, end - Date.now() - 3000));
    const refused = async (): Promise<boolean> => {
      const at = Date.now();
      if (!(await broker.reads(credentials))) return true;
      lastRead = at;
      return false;
    };
    await broker.until('the end of the keys', refused, 10_000);
    const late = Date.now() - end;
    must(lastRead > 0, 'the keys could not read before expiresAt');
    must(Math.abs(late) < 2000, `refused ${late} ms after expiresAt`);
    const status = async (): Promise<boolean> =>
      (await broker.call('GET', `/v1/grants/${grant.id}`)).body['status'] === 'expired';
    const marked = await broker.until('the grant to be expired', status, 60_000);
    return [
      `last read ${end - lastRead} ms before, first refusal ${late} ms after expiresAt (by this clock)`,
      `the grant was expired ${seconds(late + marked)} after expiresAt`,
    ];
  },
};

export const REVOKE: Check = {
  title: 'kills the keys of a revoked grant, and no others',
  run: async ({ broker }) => {
    const [revoked, other] = [await broker.vend('read'), await broker.vend('read')];
    must(await broker.reads(revoked.credentials), 'the keys do not work');
    const times = await kill(
      { broker },
      revoked,
      async () => !(await broker.reads(revoked.credentials)),
    );
    must(await broker.reads(other.credentials), 'the keys of another grant died too');
    return times;
  },
};

export const CHAINED: Check = {
  title: 'kills sessions in chained roles too',
  run: async ({ broker, run }) => {
    const vended = await broker.vend('chained');
    let further: Keys | null = null;
    const assume = async (): Promise<boolean> => {
      further ??= await chain(run.region, vended.credentials, roleArn(run, 'end'));
      return further !== null && (await broker.reads(further));
    };
    await broker.until('the chained session', assume, LONGEST_PROPAGATION_MS);
    return kill({ broker }, vended, async () => further !== null && !(await broker.reads(further)));
  },
};

async function kill(
  { broker }: Pick<Site, 'broker'>,
  vended: Vended,
  dead: () => Promise<boolean>,
): Promise<readonly string[]> {
  const begun = Date.now();
  await broker.revoke(vended);
  const answered = Date.now() - begun;
  const status = async (): Promise<boolean> => (await broker.statusOf(vended)) === 'revoked';
  const [keys, grant] = await Promise.all([
    broker.until('the keys to die', dead, LONGEST_PROPAGATION_MS),
    broker.until('the grant to be revoked', status, LONGEST_PROPAGATION_MS),
  ]);
  await sleep(1000);
  must(await dead(), 'the keys came back to life');
  return [
    `answered after ${seconds(answered)}; keys refused ${seconds(answered + keys)} and grant revoked ${seconds(answered + grant)} after the call`,
  ];
}

/** @returns null while IAM does not know the role everywhere */
async function chain(region: string, credentials: Keys, RoleArn: string): Promise<Keys | null> {
  const sts = new STSClient({ region, credentials });
  try {
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'further' });
    const { Credentials } = await sts.send(command);
    if (Credentials === undefined) return null;
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials;
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
  } catch (error) {
    if ((error as Error).name === 'AccessDenied') return null;
    throw error;
  }
}
