import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Scope } from '../../core/entitlement.ts';
import type { SessionPolicyInput } from '../../core/session-policy/compose.ts';
import { verdictOf } from '../second-opinion/our-reasoning.ts';
import { clientsOf, prepare, type RealCall, realCalls } from '../second-opinion/real-calls.ts';
import { exampleBundle } from '../support/bundles.ts';
import {
  BUCKET,
  CI_CLAIMS,
  type Credentials,
  person,
  refusal,
  stack,
  tokenFor,
  vend,
} from './support.ts';

/** A sample of the calls of test/second-opinion, made under vended keys. */

type Requested = {
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly scope?: Scope;
  readonly ticket?: string;
  readonly durationSeconds?: number;
};

const SO = { entitlement: 'artifacts-read', parameters: { prefix: 'releases/so' } };
const SHOP = { entitlement: 'service-deploy', parameters: { service: 'shop' } };
const ORDERS = { entitlement: 'orders-read', parameters: { table: 'orders' } };
const ARN = `arn:aws:s3:::${BUCKET}`;

const mfa = () => ({ amr: ['pwd', 'mfa'], auth_time: Math.floor(Date.now() / 1000) - 60 });
const platform = () => person(['platform']);
const job = () => tokenFor('github', CI_CLAIMS);
const support = () => person(['support'], mfa());
const commander = () => person(['incident-commanders'], mfa());

const GRANTS: readonly (readonly [string, () => Promise<string>, Requested, minAllowed: number])[] =
  [
    ['a prefix', platform, SO, 5],
    [
      'one object of a prefix',
      platform,
      { ...SO, scope: { actions: ['s3:GetObject'], resources: [`${ARN}/releases/so/app.tgz`] } },
      1,
    ],
    [
      'a wildcard within a prefix',
      platform,
      { ...SO, scope: { resources: [`${ARN}/releases/so/app*`] } },
      2,
    ],
    ['listing alone', platform, { ...SO, scope: { actions: ['S3:LISTBUCKET'] } }, 2],
    ['a service', job, SHOP, 4],
    [
      'reading of a service',
      job,
      { ...SHOP, scope: { actions: ['s3:getObject', 'ssm:GETParameter'] } },
      1,
    ],
    ['the parameter of a service', job, { ...SHOP, scope: { actions: ['ssm:PutParameter'] } }, 1],
    ['a table', support, ORDERS, 2],
    ['queries of a table', support, { ...ORDERS, scope: { actions: ['dynamodb:query'] } }, 1],
    [
      'nearly everything',
      commander,
      { entitlement: 'break-glass', parameters: {}, ticket: 'INC-1' },
      25,
    ],
  ];

let bundle: Bundle;
let compared = 0;

beforeAll(async () => {
  bundle = exampleBundle();
  await prepare();
});

type Vended = { readonly grant: SessionPolicyInput; readonly credentials: Credentials };

async function grantOf(token: string, requested: Requested): Promise<Vended> {
  const body = { durationSeconds: 900, justification: 'a second opinion', ...requested };
  const { grant, credentials } = await vend(token, body);
  const entitlement = bundle.entitlements[requested.entitlement];
  if (entitlement === undefined) throw new Error(`no entitlement ${requested.entitlement}`);
  const { accountId, region } = stack();
  const input: SessionPolicyInput = {
    entitlement,
    parameters: requested.parameters,
    scope: requested.scope ?? null,
    deployment: { account: accountId, region },
    expiresAt: Date.parse(grant.expiresAt ?? ''),
    sourceIp: '127.0.0.1',
  };
  return { grant: input, credentials };
}

/**
 * Makes every call, and compares each outcome with what our reasoning says. Returns how many were
 * allowed.
 */
async function compare({ grant, credentials }: Vended, calls: readonly RealCall[], from: string) {
  const clients = clientsOf(credentials, from);
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const call of calls) {
    const context = { ...call.context, 'aws:SourceIp': from };
    const verdict = verdictOf(grant, { ...call, now: Date.now(), context });
    const refused = await refusal(call.make(clients));
    const name = `${call.action} ${call.resource} ${call.context['s3:prefix'] ?? ''}`;
    ours.push(`${name}: ${verdict === 'allowed' ? 'allowed' : 'AccessDenied'}`);
    theirs.push(
      `${name}: ${refused?.replace(/^AccessDeniedException$/, 'AccessDenied') ?? 'allowed'}`,
    );
    compared += 1;
  }
  expect(theirs).toEqual(ours);
  return ours.filter((line) => line.endsWith(': allowed')).length;
}

describe('keys on the local stack do what our reasoning says', () => {
  test.each(GRANTS)('under a grant of %s', async (_, token, requested, minAllowed) => {
    const vended = await grantOf(await token(), requested);
    const allowed = await compare(vended, realCalls(), '127.0.0.1');
    expect(allowed).toBeGreaterThanOrEqual(minAllowed);
  });

  test('nothing works from another address if the entitlement binds the network', async () => {
    const vended = await grantOf(await platform(), SO);
    expect(await compare(vended, realCalls(), '127.0.0.2')).toBe(0);
    const free = await grantOf(await job(), SHOP);
    expect(await compare(free, realCalls(), '127.0.0.2')).toBeGreaterThanOrEqual(4);
  });

  test('nothing works once the grant has ended', async () => {
    const vended = await grantOf(await platform(), { ...SO, durationSeconds: 3 });
    await sleep(vended.grant.expiresAt - Date.now() + 50);
    expect(await compare(vended, realCalls(), '127.0.0.1')).toBe(0);
  });

  test('some hundreds of calls to three services were compared', () => {
    process.stdout.write(`${compared} calls made, each with the expected outcome\n`);
    expect(compared).toBeGreaterThanOrEqual(300);
  });
});
