import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, valetkey, written } from '../command.ts';

afterAll(cleanUp);

/** A line as exported by `GET /v1/decisions`. */
const decision = (outcome: string, facts: object = {}, scope: object | null = null) =>
  JSON.stringify({
    grantId: 'gr_1',
    at: '2026-11-20T10:00:00Z',
    entitlement: 'artifacts-read',
    scope,
    decision: { outcome, policies: ['artifacts-are-routine'], advice: [], bundle: 'sha256:old' },
    inputs: {
      principal: {
        type: 'User',
        id: 'people:ana',
        issuer: 'people',
        name: 'ana@acme.example',
        groups: ['people:platform'],
        tags: {},
      },
      facts: {
        now: '2026-11-20T10:00:00Z',
        durationSeconds: 1800,
        startsInSeconds: 0,
        sourceIp: '10.0.0.1',
        mfa: false,
        mfaAgeSeconds: null,
        ticket: null,
        justification: 'test',
        scoped: false,
        parameters: { prefix: 'releases/1' },
        history: null,
        ...facts,
      },
    },
  });

test('replay shows which outcomes change, and how', async () => {
  const file = written(
    'past.jsonl',
    `${decision('allow')}\n${decision('allow', { durationSeconds: 7200 })}\n`,
  );
  const [lenient, strict] = await Promise.all([
    valetkey('policy', 'replay', file),
    valetkey('policy', 'replay', file, '--fail-on-change', '--json'),
  ]);
  expect([lenient.code, strict.code]).toEqual([0, 1]);
  expect(lenient.out).toMatch(
    /^allow → deny: ana@acme\.example \(people:ana\) for artifacts-read\n/,
  );
  expect(lenient.out).toMatch(/was allow by artifacts-are-routine\n +is {2}deny by no policy\n/);
  expect(lenient.out).toMatch(/2 decisions replayed: 1 outcome changed\n$/);
  expect(JSON.parse(strict.out)).toMatchObject({
    ok: false,
    same: 1,
    changed: [{ line: 2, from: { outcome: 'allow' }, to: { outcome: 'deny', policies: [] } }],
  });
});

test('a request that is not valid for the bundle is refused', async () => {
  const file = written('refused.jsonl', decision('allow', { parameters: { path: 'x' } }));
  const { out } = await valetkey('policy', 'replay', file);
  expect(out).toMatch(/allow → refused/);
  expect(out).toMatch(/'path' is not a parameter of artifacts-read/);
});

test('a scope is checked against what the bundle now allows', async () => {
  const within = { actions: ['s3:GetObject'] };
  const beyond = { actions: ['s3:DeleteObject'] };
  const lines = [within, beyond].map((scope) => decision('allow', { scoped: true }, scope));
  const { out } = await valetkey('policy', 'replay', written('scopes.jsonl', lines.join('\n')));
  expect(out).toMatch(/2 decisions replayed: 1 outcome changed\n$/);
  expect(out).toMatch(/line 2.*\n.*\n +is {2}refused: scope\/actions\/0 .*s3:DeleteObject/);
});

test('unreadable lines are reported by number, and fail', async () => {
  const file = written('broken.jsonl', `${decision('allow')}\n\n{"grantId":"gr_2"}\nnonsense\n`);
  const { code, out } = await valetkey('policy', 'replay', file);
  expect(code).toBe(1);
  expect(out).toMatch(/broken\.jsonl:3: not a recorded decision: at: is missing/);
  expect(out).toMatch(/broken\.jsonl:4: not a recorded decision: is not JSON/);
  expect(out).toMatch(/1 decision replayed: 0 outcomes changed; cannot read 2 lines/);
});

test('a byte order mark is no part of the first line', async () => {
  const file = written('marked.jsonl', `\ufeff${decision('allow')}\n`);
  expect(await valetkey('policy', 'replay', file)).toMatchObject({ code: 0 });
});

test('control characters of a recorded name do not reach the terminal', async () => {
  const line = decision('deny').replace('ana@acme.example', 'ana\\u001b[2J\\r\\n\\u202eeve');
  const { out } = await valetkey('policy', 'replay', written('named.jsonl', `${line}\n`));
  expect(out).toContain('deny → allow: ana [2J   eve (people:ana) for artifacts-read');
});

test('a missing file is invalid usage', async () => {
  const { code, err } = await valetkey('policy', 'replay', '/nowhere.jsonl');
  expect({ code, err }).toEqual({ code: 2, err: 'valetkey: Cannot read /nowhere.jsonl.\n' });
});
