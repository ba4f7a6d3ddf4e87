import { afterAll, describe, expect, test } from '@jest/globals';
import { showEntitlementUsage } from '../../../cli/usage/entitlement-usage.ts';
import { showGrantUsage } from '../../../cli/usage/grant-usage.ts';
import {
  entitlementUsage as entitlementUsageSchema,
  grantUsage as grantUsageSchema,
} from '../../../core/api/usage-responses.ts';
import { files } from '../../support/bundles.ts';
import { newHome } from '../../support/run-command.ts';
import { bundleFolder, cleanUp, valetkey } from '../command.ts';
import { fakeServer } from '../fake-server.ts';
import { contextOf, fakeReading, grantAnswers, idOf, screen } from './fakes.ts';

afterAll(cleanUp);

const GRANTS = grantAnswers('read', 6, { prefix: 'a' });
const ID = idOf(0);
const READING = fakeReading(
  { 's3:GetObject arn:aws:s3:::acme/a/x': 4 },
  { 's3:GetObject': 'used', 's3:ListBucket': 'unused', 'iam:PassRole': 'unknown' },
);
const policy = bundleFolder(files());
const local = { logs: './trail', policy, json: false };

/** Answers as the broker gives them. */
const TIME = '2026-11-20T10:00:00Z';
const JUDGED = {
  summary: { used: 1, granted: 2, unknown: 0 },
  ...{ blind: [], wanted: [], wantedLeftOut: 0 },
};
const action = (name: string, answer: string, calls: number) => ({
  ...{ action: name, answer, why: null, calls, refused: 0, granted: true },
  ...{ whole: true, unproven: 0 },
  ...{ first: calls === 0 ? null : TIME, last: calls === 0 ? null : TIME },
  ...{ regions: [], via: [], resources: [], otherResources: 0, unnamedCalls: calls },
});
const ANSWER = {
  ...{ grant: ID, entitlement: 'read', state: 'read', readAfter: null, readAt: TIME },
  ...{ ...JUDGED, changed: false },
  actions: [action('s3:GetObject', 'used', 2), action('s3:PutObject', 'unused', 0)],
  calls: {
    ...{
      vends: 1,
      total: 2,
      refused: 0,
      first: TIME,
      last: TIME,
      networks: [],
      agents: [],
      chained: [],
    },
    unmapped: [{ source: 'x.amazonaws.com', name: 'Y', calls: 1, refused: 0, unproven: 0 }],
    afterEnd: { calls: 0, refused: 0, last: null },
    ...{ refusedBurst: 0, leftOut: null },
    read: {
      ...{ source: 'athena', from: TIME, until: TIME, files: 1, records: 9, bytes: 99 },
      ...{ unreadable: 0, duplicates: 0 },
    },
  },
};

describe('usage grant', () => {
  test('says first what the logs do not show, then what was used', async () => {
    const { out, text } = screen();
    await showGrantUsage(ID, local, contextOf(READING, GRANTS), out);
    const shown = text();
    expect(shown.indexOf('Blind')).toBeLessThan(shown.indexOf('used 1 of 3 actions; 1 unknown'));
    expect(shown).toContain('s3 in 111122223333: no trail records data events');
    expect(shown).toMatch(/used {4}\s*s3:GetObject .*1 call/);
    expect(shown).toMatch(/unknown\s+iam:PassRole .*no trail records it/);
    expect(shown).toContain(
      "- { Effect: Allow, Action: 's3:PutObject', Resource: 'arn:aws:s3:::acme/x' }  # 3 calls in 1 grant",
    );
  });

  test('asks the broker without --logs', async () => {
    const { out, text } = screen();
    const more = { [`GET /v1/grants/${ID}/usage`]: ANSWER };
    await showGrantUsage(ID, { json: false }, contextOf(READING, GRANTS, more), out);
    expect(text()).toContain('used 1 of 2 actions');
    expect(text()).toContain('x.amazonaws.com Y: 1 call');
  });

  test('prints one document with --json', async () => {
    const { out, json } = screen();
    const more = { [`GET /v1/grants/${ID}/usage`]: ANSWER };
    await showGrantUsage(ID, { json: true }, contextOf(READING, GRANTS, more), out);
    expect(json()).toEqual(ANSWER);
  });

  test('prints the same form with --json for logs, with times as text', async () => {
    const { out, json } = screen();
    await showGrantUsage(ID, { ...local, json: true }, contextOf(READING, GRANTS), out);
    const { changed, ...answer } = json();
    // No answer of the broker says which definition the grant was made by.
    expect(changed).toBeNull();
    expect(grantUsageSchema.parse({ ...answer, changed: false })).toMatchObject({
      ...{ grant: ID, entitlement: 'read', state: 'read', readAt: '2026-12-01T00:00:00Z' },
      ...{ summary: { used: 1, granted: 3, unknown: 1 }, blind: [{ service: 's3' }] },
      ...{ wanted: [{ action: 's3:PutObject' }], calls: { total: 4 } },
    });
  });

  test('says that the entitlement has changed since', async () => {
    const { out, text } = screen();
    const more = { [`GET /v1/grants/${ID}/usage`]: { ...ANSWER, changed: true } };
    await showGrantUsage(ID, { json: false }, contextOf(READING, GRANTS, more), out);
    expect(text()).toContain('The entitlement has changed since this grant');
    expect(text()).toContain('used 1 of 2 actions');
  });

  test('shows what was called under an entitlement that is gone, and judges none of it', async () => {
    const { out, text } = screen();
    const beyond = { ...action('s3:GetObject', 'used', 2), granted: false };
    const gone = { ...ANSWER, summary: null, changed: true, actions: [beyond] };
    const more = { [`GET /v1/grants/${ID}/usage`]: gone };
    await showGrantUsage(ID, { json: false }, contextOf(READING, GRANTS, more), out);
    expect(text()).toContain('The entitlement is no longer in policy');
    expect(text()).toMatch(/2 calls, .*; 9 records in 1 file read/);
    expect(text()).toMatch(/s3:GetObject +2 calls/);
    expect(text()).not.toContain('Nothing can be said');
    expect(text()).not.toContain('Blind');
  });

  test('says how much more was called than is kept', async () => {
    const { out, text } = screen();
    const leftOut = { actions: 5, unmapped: 0, networks: 1, agents: 0, chained: 0 };
    const calls = { ...ANSWER.calls, leftOut };
    const more = { [`GET /v1/grants/${ID}/usage`]: { ...ANSWER, calls } };
    await showGrantUsage(ID, { json: false }, contextOf(READING, GRANTS, more), out);
    expect(text()).toContain(
      'Not in this report, which has room for no more: 5 actions, 1 network',
    );
  });

  test('says why nothing can be said', async () => {
    const { out, text } = screen();
    const waiting = { ...ANSWER, state: 'waiting', summary: null, actions: [], calls: null };
    const more = { [`GET /v1/grants/${ID}/usage`]: waiting };
    await showGrantUsage(ID, { json: false }, contextOf(READING, GRANTS, more), out);
    expect(text()).toContain('Nothing can be said: the broker has not read the logs');
  });

  test('refuses what is no grant, and trails without logs', async () => {
    const { out } = screen();
    const context = contextOf(READING, GRANTS);
    await expect(showGrantUsage('x', { json: false }, context, out)).rejects.toThrow('grant id');
    await expect(
      showGrantUsage(ID, { json: false, trails: 't.json' }, context, out),
    ).rejects.toThrow('--trails');
  });
});

describe('usage entitlement', () => {
  test('shows who used how much, from logs', async () => {
    const { out, text } = screen();
    await showEntitlementUsage('read', { ...local, days: 30 }, contextOf(READING, GRANTS), out);
    expect(text()).toContain('read: 6 grants in 30 days, 1 idle');
    expect(text()).toContain('P0 (people:p0): 1 grant, 1 action, 1 call, never used');
    expect(text()).toContain('1 grant of 1 principal');
  });

  test('asks the broker without --logs', async () => {
    const { out, text } = screen();
    const answer = {
      ...{ entitlement: 'read', state: 'on', days: 30, from: TIME, until: TIME, complete: true },
      ...{ grants: 7, idle: 2, unread: 3, ...JUDGED },
      actions: [{ ...action('s3:GetObject', 'used', 2), grants: 4, principals: 2 }],
      principals: [
        {
          ...{ principal: 'people:ana', name: 'Ana', grants: 4, idle: 1, actions: 1 },
          ...{ calls: 2, refused: 0, lastUse: TIME },
        },
      ],
    };
    const more = { 'GET /v1/entitlements/read/usage': answer };
    await showEntitlementUsage(
      'read',
      { days: 30, json: false },
      contextOf(READING, GRANTS, more),
      out,
    );
    expect(text()).toContain('read: 7 grants in 30 days, 2 idle, 3 not read yet');
    expect(text()).toContain(`The broker's answer has the grants since 2026-11-20T10:00:00Z.`);
    expect(text()).toContain('4 grants of 2 principals');
    expect(text()).toContain('Ana (people:ana): 4 grants (1 idle), 1 action, 2 calls, last');
    const shown = screen();
    await showEntitlementUsage(
      'read',
      { days: 30, json: true },
      contextOf(READING, GRANTS, more),
      shown.out,
    );
    expect(shown.json()).toEqual(answer);
  });

  test('prints the same form with --json for logs', async () => {
    const { out, json } = screen();
    const options = { ...local, days: 30, json: true };
    await showEntitlementUsage('read', options, contextOf(READING, GRANTS), out);
    expect(entitlementUsageSchema.parse(json())).toMatchObject({
      ...{ entitlement: 'read', state: 'on', days: 30, complete: true, grants: 6, idle: 1 },
      ...{ from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' },
      ...{ summary: { used: 1, granted: 3, unknown: 1 }, wanted: [{ action: 's3:PutObject' }] },
    });
  });

  test('of grants that began earlier says nothing', async () => {
    const { out } = screen();
    await expect(
      showEntitlementUsage('read', { ...local, days: 1 }, contextOf(READING, GRANTS), out),
    ).rejects.toThrow('No grant of read began within 1 days');
  });

  test('names the entitlement that was probably meant', async () => {
    const { out } = screen();
    await expect(
      showEntitlementUsage('raed', { ...local, days: 30 }, contextOf(READING, GRANTS), out),
    ).rejects.toThrow("did you mean 'read'?");
  });
});

test('the command asks its broker, and prints one document with --json', async () => {
  const home = newHome();
  const server = await fakeServer((line) => ({
    body: line.endsWith('/usage') ? ANSWER : GRANTS.find(({ id }) => line.endsWith(id)),
  }));
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  const [shown, json] = await Promise.all([
    home.run(['usage', 'grant', ID], env),
    home.run(['usage', 'grant', ID, '--json'], env),
  ]);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toContain('used 1 of 2 actions');
  expect(JSON.parse(json.out)).toEqual(ANSWER);
  home.remove();
  await server.close();
});

test('the commands demand what they need', async () => {
  const { code, err } = await valetkey('usage', 'propose', 'read');
  expect(code).toBe(2);
  expect(err).toContain('--days');
});
