import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { PolicySimulator } from '../../../adapters/iam/simulate-policy.ts';
import { proposeNarrower } from '../../../cli/usage/propose.ts';
import { err, ok } from '../../../core/result.ts';
import type { Answer } from '../../../core/usage.ts';
import { files, READ } from '../../support/bundles.ts';
import { bundleFolder, cleanUp, written } from '../command.ts';
import { contextOf, fakeReading, grantAnswers, screen } from './fakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-propose-'));
afterAll(() => {
  cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

const WIDE = READ.replace("['s3:GetObject']", '[s3:GetObject, s3:PutObject, iam:PassRole]').replace(
  "/*' }",
  "/*' } # all",
);
const CALLS = { 's3:GetObject arn:aws:s3:::acme/a/x': 2 };
const ANSWERS = {
  's3:GetObject': 'used',
  's3:PutObject': 'unused',
  'iam:PassRole': 'unknown',
} as const;
const allow: PolicySimulator = {
  simulate: async (_, __, resources) => ok(resources.map(() => 'allowed' as const)),
};

type World = {
  readonly calls?: Readonly<Record<string, number>>;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly simulator?: PolicySimulator;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly count?: number;
  readonly bundle?: Readonly<Record<string, string>>;
  readonly out?: string;
  readonly decisions?: string;
  readonly json?: boolean;
  /** Of the broker, without logs. */
  readonly asked?: boolean;
};

async function proposed(world: World = {}) {
  const { calls = CALLS, answers = ANSWERS, simulator = allow, more = {}, count = 6 } = world;
  const policy = bundleFolder(files({ 'entitlements/read.yaml': WIDE, ...world.bundle }));
  const context = contextOf(
    fakeReading(calls, answers),
    grantAnswers('read', count, { prefix: 'a' }),
    more,
  );
  const shown = screen();
  const options = {
    ...{ days: 60, policy, json: world.json === true },
    ...(world.asked !== true && { logs: './trail' }),
    ...(world.out !== undefined && { out: world.out }),
    ...(world.decisions !== undefined && { decisions: world.decisions }),
  };
  const code = await proposeNarrower(
    'read',
    options,
    { ...context, simulator: () => simulator },
    shown.out,
  );
  return { code, policy, ...shown };
}

describe('a proposal that nothing speaks against', () => {
  test('is shown with what it rests on, and what it passed', async () => {
    const { code, text } = await proposed();
    expect(code).toBe(0);
    expect(text()).toContain('#   s3 in 111122223333: no trail records data events');
    expect(text()).toContain('under 6 grants of 3 people and jobs over 20 days');
    expect(text()).toContain('no longer allows s3:PutObject');
    expect(text()).toContain("6 recorded calls, IAM's simulator on 1 of 1 calls");
    expect(text()).toContain('--- a/entitlements/read.yaml');
    expect(text()).toContain(
      '+  - { Effect: Allow, Action: [s3:GetObject, iam:PassRole], Resource',
    );
  });

  test('is written with --out, and git takes it in the folder of the bundle', async () => {
    const out = join(folder, 'narrower.patch');
    const { code, policy, text } = await proposed({ out });
    expect(code).toBe(0);
    expect(text()).not.toContain('--- a/');
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: policy };
    execFileSync('git', ['apply', out], { cwd: policy, env });
    expect(readFileSync(join(policy, 'entitlements/read.yaml'), 'utf8')).toContain(
      "[s3:GetObject, iam:PassRole], Resource: 'arn:aws:s3:::acme/{{prefix}}/*' } # all",
    );
    await expect(proposed({ out })).rejects.toThrow('exists');
  });

  test.each([
    ['patch', '-p1', ''],
    ...['', '\n\n\n', '# a\n# b\n\n# d\n', '# a\n# b\n  \n# d\n', '# a\n# b', '\r\n'].map(
      (end) => ['git', 'apply', end] as const,
    ),
  ])(
    'as printed is taken as a whole by %s %s, where the file ends with %j',
    async (program, arg, end) => {
      const bundle = { 'entitlements/read.yaml': `${WIDE}${end}` };
      const { policy, text } = await proposed({ bundle });
      const env = { ...process.env, GIT_CEILING_DIRECTORIES: policy };
      execFileSync(program, [arg], { cwd: policy, env, input: `${text()}\n` });
      expect(readFileSync(join(policy, 'entitlements/read.yaml'), 'utf8')).not.toContain(
        'PutObject',
      );
    },
  );

  test('is one document with --json', async () => {
    const { json } = await proposed({ json: true });
    expect(json()).toMatchObject({
      ...{ ok: true, file: 'entitlements/read.yaml', dropped: ['s3:PutObject'] },
      ...{ basis: { grants: 6, principals: 3 }, checked: { objections: [] } },
      opinion: { asked: 1, notAsked: null },
    });
  });
});

describe('from what the broker keeps', () => {
  const FROM = '2026-10-02T00:00:00Z';
  const TIME = '2026-11-20T10:00:00Z';
  const judged = (action: string, answer: Answer, calls: number) => ({
    ...{ action, answer, why: null, whole: answer !== 'unknown', calls, refused: 0 },
  });
  const grantAnswer = (id: string) => ({
    ...{ grant: id, entitlement: 'read', state: 'read', readAfter: null, readAt: TIME },
    ...{ changed: false, summary: null, blind: [], wanted: [], wantedLeftOut: 0 },
    actions: [
      {
        ...{ ...judged('s3:GetObject', 'used', 2), granted: true, first: TIME, last: TIME },
        ...{ regions: [], via: [], otherResources: 0, unnamedCalls: 0, unproven: 0 },
        resources: [{ resource: 'arn:aws:s3:::acme/a/x', calls: 2, refused: 0 }],
      },
    ],
    calls: {
      ...{ vends: 1, total: 2, refused: 0, first: TIME, last: TIME, unmapped: [], networks: [] },
      ...{ agents: [], chained: [], refusedBurst: 0, leftOut: null },
      afterEnd: { calls: 0, refused: 0, last: null },
      read: {
        ...{ source: 'athena', from: TIME, until: TIME, files: 1, records: 2, bytes: 3 },
        ...{ unreadable: 0, duplicates: 0 },
      },
    },
  });
  const answer = {
    ...{ entitlement: 'read', state: 'on', days: 60, from: FROM, until: TIME, complete: true },
    ...{ grants: 6, idle: 0, unread: 1, principals: [], wanted: [], wantedLeftOut: 0 },
    summary: { used: 1, granted: 3, unknown: 1 },
    blind: [{ service: 'iam', accounts: [], regions: [], why: 'it has no record' }],
    actions: (Object.entries(ANSWERS) as readonly [string, Answer][]).map(([name, said]) => ({
      ...{ ...judged(name, said, 2), grants: 1, principals: 1 },
    })),
  };

  test('it is made without any log', async () => {
    const policy = bundleFolder(files({ 'entitlements/read.yaml': WIDE }));
    const grants = grantAnswers('read', 6, { prefix: 'a' });
    const context = contextOf(fakeReading({}, {}), grants, {
      'GET /v1/entitlements/read/usage': answer,
      ...Object.fromEntries(
        grants.map(({ id }) => [`GET /v1/grants/${id}/usage`, grantAnswer(id)]),
      ),
    });
    const shown = screen();
    const options = { days: 60, policy, json: false };
    const code = await proposeNarrower(
      'read',
      options,
      { ...context, simulator: () => allow },
      shown.out,
    );
    expect(code).toBe(0);
    expect(shown.text()).toContain('12 calls under 6 grants');
    expect(shown.text()).toContain('1 further grant was not read');
    expect(shown.text()).toContain('Action: [s3:GetObject, iam:PassRole]');
  });
});

describe('without a second opinion', () => {
  test.each([['there are no AWS credentials'], ['the AWS credentials may not call it']])(
    'it says so: %s',
    async (why) => {
      const { code, text } = await proposed({ simulator: { simulate: async () => err(why) } });
      expect(code).toBe(0);
      expect(text()).toContain(`IAM's simulator was not asked: ${why}.`);
      expect(text()).not.toContain("IAM's simulator on");
    },
  );
});

describe('an objection means that there is no patch', () => {
  const none = async (world: World) => {
    const out = join(folder, 'never.patch');
    const { code, text } = await proposed({ ...world, out });
    expect(code).toBe(1);
    expect(text()).not.toContain('--- a/');
    expect(existsSync(out)).toBe(false);
    return text();
  };

  test('of IAM', async () => {
    let asked = 0;
    const simulate: PolicySimulator['simulate'] = async (statements, _, resources) => {
      asked += 1;
      const isOld = JSON.stringify(statements).includes('PutObject');
      return ok(resources.map(() => (isOld ? 'allowed' : 'denied')));
    };
    expect(await none({ simulator: { simulate } })).toContain(
      'IAM would refuse s3:GetObject on arn:aws:s3:::acme/a/x',
    );
    expect(asked).toBe(2);
  });

  test('but none if IAM refuses it under the old statements as well', async () => {
    const simulate: PolicySimulator['simulate'] = async (_, __, resources) =>
      ok(resources.map(() => 'denied'));
    expect(await proposed({ simulator: { simulate } })).toMatchObject({ code: 0 });
  });

  test('of a recorded request that would be refused', async () => {
    const inputs = {
      principal: {
        ...{ type: 'User', id: 'people:ana', issuer: 'people', name: 'Ana' },
        ...{ groups: ['people:readers'], tags: {} },
      },
      facts: {
        ...{ now: '2026-11-20T10:00:00Z', durationSeconds: 900, sourceIp: '10.0.0.1', mfa: false },
        ...{ justification: 'x', scoped: true, parameters: { prefix: 'a' } },
      },
    };
    const decision = {
      ...{ grantId: 'gr_1', at: '2026-11-20T10:00:00Z', entitlement: 'read', inputs },
      decision: { outcome: 'allow', policies: ['read-is-fine'] },
    };
    const scoped = { ...decision, scope: { actions: ['s3:PutObject'] } };
    const page = (one: object) => ({
      more: { 'GET /v1/decisions': { decisions: [one], nextCursor: null } },
    });
    expect(await none(page(scoped))).toMatch(/the request gr_1 of Ana would be refused: scope/);
    expect((await proposed(page(decision))).text()).toContain('1 recorded request,');
    const file = written('decisions.jsonl', JSON.stringify(scoped));
    expect(await none({ decisions: file })).toContain('the request gr_1 of Ana');
    expect(await none({ decisions: written('broken.jsonl', '{') })).toContain('is not JSON');
  });

  test('of a case', async () => {
    const cases = `- name: somebody uploads
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 900, justification: x, scope: { actions: ['s3:PutObject'] } }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow }
`;
    expect(await none({ bundle: { 'cases/read.yaml': cases } })).toContain(
      'the case "somebody uploads"',
    );
  });
});

describe('by what the broker keeps', () => {
  const GRANTS = grantAnswers('read', 6, { prefix: 'a' });
  const ZERO = { calls: 0, refused: 0 };
  const made = (vends: number, at: string) => ({
    ...{ vends, total: 2, refused: 0, first: at, last: at, unmapped: [], networks: [] },
    ...{
      agents: [],
      chained: [],
      refusedBurst: 0,
      afterEnd: { ...ZERO, last: null },
      leftOut: null,
    },
    read: {
      ...{ source: 'files', from: at, until: at, files: 1, records: 9, bytes: 9 },
      ...{ unreadable: 0, duplicates: 0 },
    },
  });
  const answer = (action: string, calls: number, at: string) => ({
    ...{ action, answer: calls > 0 ? 'used' : 'unused', why: null, calls, refused: 0 },
    ...{ granted: true, first: at, last: at, regions: [], via: [], otherResources: 0 },
    ...{ resources: [], unnamedCalls: calls, grants: 6, principals: 3, whole: true, unproven: 0 },
  });
  const JUDGED = {
    summary: { used: 1, granted: 2, unknown: 0 },
    blind: [],
    wanted: [],
    wantedLeftOut: 0,
  };
  const of = (index: number, changes: object = {}) => {
    const { id, endedAt } = GRANTS[index] as (typeof GRANTS)[number];
    const facts = { grant: id, entitlement: 'read', state: 'read', changed: false, ...JUDGED };
    const actions = [answer('s3:GetObject', 2, endedAt)];
    const times = { readAfter: null, readAt: endedAt };
    return { ...facts, ...times, actions, calls: made(1, endedAt), ...changes };
  };
  const all = (changes: object = {}) => ({
    ...{ entitlement: 'read', state: 'on', days: 60, from: '2026-10-02T00:00:00Z' },
    ...{ until: '2026-12-01T00:00:00Z', complete: true, grants: 6, idle: 0, unread: 0, ...JUDGED },
    actions: ['s3:GetObject', 's3:PutObject'].map((one, index) =>
      answer(one, 2 - 2 * index, '2026-11-20T10:00:00Z'),
    ),
    principals: [],
    ...changes,
  });
  const ask = (entitlement = all(), changed: Readonly<Record<number, object>> = {}) =>
    proposed({
      asked: true,
      more: {
        'GET /v1/entitlements/read/usage': entitlement,
        ...Object.fromEntries(
          GRANTS.map(({ id }, index) => [`GET /v1/grants/${id}/usage`, of(index, changed[index])]),
        ),
      },
    });
  const UNKNOWN = { state: 'not-kept', summary: null, actions: [], calls: null };

  test('there is one, which says since when grants are known', async () => {
    const { code, text } = await ask();
    expect(code).toBe(0);
    expect(text()).toContain('# The broker knows of grants since 2026-10-02T00:00:00Z.');
  });

  test('there is none where it has the newest grants alone', async () => {
    const { code, text } = await ask(all({ complete: false }));
    expect(code).toBe(1);
    expect(text()).toContain('room for the newest grants alone, since 2026-10-02T00:00:00Z');
  });

  test.each([
    ['is not kept', UNKNOWN],
    ['is off', { ...UNKNOWN, state: 'off' }],
    ['lacks its vend', { calls: made(0, '2026-11-20T10:00:00Z') }],
  ])('there is none where what was called under a grant %s', async (_, changes) => {
    const { code, text } = await ask(all(), { 2: changes });
    expect(code).toBe(1);
    expect(text()).toContain(`what was called under ${GRANTS[2]?.id} is not known: the logs`);
  });

  test('grants of before that are no objection, and no evidence', async () => {
    const { code, text } = await ask(all({ from: '2026-11-10T00:00:00Z' }), { 5: UNKNOWN });
    expect(code).toBe(0);
    expect(text()).toContain('under 5 grants');
  });
});

describe('no proposal', () => {
  test('from too few grants fails', async () => {
    const { code, text } = await proposed({ count: 3 });
    expect(code).toBe(1);
    expect(text()).toMatch(
      /^Blind[\s\S]*\nNo patch: 3 grants were read, and a proposal needs at least 5\.$/,
    );
  });

  test('where nothing can go is no failure', async () => {
    const { code, text } = await proposed({ answers: { 's3:GetObject': 'used' } });
    expect(code).toBe(0);
    expect(text()).toContain('No patch: everything that can be seen was used, or stays');
  });

  test('for an entitlement that nobody used says so', async () => {
    const { code, text } = await proposed({ calls: {} });
    expect(code).toBe(0);
    expect(text()).toContain('nobody used it: consider retiring it');
  });
});
