import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, valetkey, written } from '../command.ts';

afterAll(cleanUp);

/** As `GET /v1/decisions` exports it. */
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

test('says whose answer would have changed, and how', async () => {
  const file = written(
    'past.jsonl',
    `${decision('allow')}\n${decision('allow', { durationSeconds: 7200 })}\n`,
  );
  const [plain, strict] = await Promise.all([
    valetkey('policy', 'replay', file),
    valetkey('policy', 'replay', file, '--fail-on-change', '--json'),
  ]);
  expect([plain.code, strict.code]).toEqual([0, 1]);
  expect(plain.out).toMatch(/^allow → deny: ana@acme\.example \(people:ana\) for artifacts-read\n/);
  expect(plain.out).toMatch(/was allow by artifacts-are-routine\n +is {2}deny by no policy\n/);
  expect(plain.out).toMatch(/2 decisions replayed: 1 would be answered otherwise\n$/);
  expect(JSON.parse(strict.out)).toMatchObject({
    ok: false,
    same: 1,
    changed: [{ line: 2, from: { outcome: 'allow' }, to: { outcome: 'deny', policies: [] } }],
  });
});

test('a request that the bundle would not even take is refused now', async () => {
  const file = written('refused.jsonl', decision('allow', { parameters: { path: 'x' } }));
  const { out } = await valetkey('policy', 'replay', file);
  expect(out).toMatch(/allow → refused/);
  expect(out).toMatch(/'path' is not a parameter of artifacts-read/);
});

test('a scope is proved again, against what the bundle allows now', async () => {
  const within = { actions: ['s3:GetObject'] };
  const beyond = { actions: ['s3:DeleteObject'] };
  const lines = [within, beyond].map((scope) => decision('allow', { scoped: true }, scope));
  const { out } = await valetkey('policy', 'replay', written('scopes.jsonl', lines.join('\n')));
  expect(out).toMatch(/2 decisions replayed: 1 would be answered otherwise\n$/);
  expect(out).toMatch(/line 2.*\n.*\n +is {2}refused: scope\/actions\/0 .*s3:DeleteObject/);
});

test('lines that cannot be read are reported by number, and fail', async () => {
  const file = written('broken.jsonl', `${decision('allow')}\n\n{"grantId":"gr_2"}\nnonsense\n`);
  const { code, out } = await valetkey('policy', 'replay', file);
  expect(code).toBe(1);
  expect(out).toMatch(/broken\.jsonl:3: is no recorded decision: at: is missing/);
  expect(out).toMatch(/broken\.jsonl:4: is no recorded decision: is not JSON/);
  expect(out).toMatch(/1 decision replayed: 0 would be answered otherwise; 2 lines not readable/);
});

test('a file that is not there is wrong usage', async () => {
  const { code, err } = await valetkey('policy', 'replay', '/nowhere.jsonl');
  expect({ code, err }).toEqual({ code: 2, err: "valetkey: cannot read '/nowhere.jsonl'\n" });
});
