import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { judgeRequest } from '../../core/deciding/assess-request.ts';
import { NO_PAST } from '../../core/deciding/past.ts';
import type { Issuer } from '../../core/issuer.ts';
import { coverageOf } from '../../core/policy/coverage.ts';
import { lint } from '../../core/policy/lint.ts';
import type { Preset } from '../../core/policy/preset.ts';
import { answerCase, benchFor, runCases, SAMPLE_DEPLOYMENT } from '../../core/policy/run-cases.ts';
import type { Caller, Claims } from '../../core/principal.ts';
import { pathOf } from '../../core/read-claim.ts';
import { analyst, sourcesOf } from '../core/policy/test-bench.ts';
import { language } from '../support/bundles.ts';
import { filesOf, PRESETS, preset, signed, verifierOf } from '../support/presets.ts';
import { TOKENS } from './token-corpus.ts';

/** Every preset that `policy init` writes: as a bundle, and with tokens as its provider documents them. */

const EACH = PRESETS.map((one) => [one.name, one] as const);

describe.each(EACH)('the preset %s', (_, one) => {
  test('is a bundle without warnings, whose cases pass and cover every policy', () => {
    const sources = sourcesOf(filesOf(one));
    const bench = benchFor(sources.bundle, language.engineFor);
    expect(lint(sources, language, analyst)).toEqual([]);
    const results = runCases(bench, sources.cases);
    expect(results.filter(({ result }) => result.status !== 'passed')).toEqual([]);
    const reach = analyst.reach(sources.bundle, SAMPLE_DEPLOYMENT);
    const ids = Object.keys(sources.bundle.policies);
    expect(coverageOf(ids, results, reach).percent).toBe(100);
    expect(results.length).toBeGreaterThanOrEqual(4);
  });
});

/** Every entry, with a token that belongs to it: also those beside the one that the first case is about. */
const ENTRIES = PRESETS.flatMap((one) =>
  sourcesOf(filesOf(one)).issuers.value.map((issuer) => [issuer.id, issuer, one] as const),
);

describe.each(ENTRIES)('the entry %s', (id, issuer, one) => {
  const sources = sourcesOf(filesOf(one));
  const bench = benchFor(sources.bundle, language.engineFor);
  const verify = verifierOf(sources.issuers.value);
  const first = firstOf(
    sources.cases.filter(({ value }) => value.principal.issuer === id),
    `a case of ${id}`,
  );
  const token: Claims = first === sources.cases[0] ? one.token : tokenOf(one, id);

  const decide = (caller: Caller) => {
    const judge = { ...bench, clock: () => first.value.context.now };
    const call = { caller, sourceIp: '192.0.2.10' };
    const assessed = judgeRequest(judge, call, first.value.request, NO_PAST);
    return assessed.ok ? assessed.value.decision.outcome : 'deny';
  };
  const present = async (claims: Claims) => verify(await signed({ ...token, ...claims }));
  const refused = { ok: false, error: { code: 'token-refused' } };

  test('takes a token of the documented shape for the principal of its first case', async () => {
    const asked = answerCase(bench, first.value);
    expect(asked).toMatchObject({ ok: true, value: { decision: { outcome: 'allow' } } });
    const caller = await present({});
    if (!caller.ok) throw new Error(JSON.stringify(caller.error));
    const { subject } = first.value.principal;
    expect(caller.value.principal).toMatchObject({ id: `${id}:${subject}`, type: issuer.type });
    expect(decide(caller.value)).toBe('allow');
  });

  test('refuses a token for another audience or of another issuer, and one that has ended', async () => {
    expect(await present({ aud: 'https://other.example' })).toMatchObject(refused);
    expect(await present({ aud: null })).toMatchObject(refused);
    expect(await present({ iss: `${String(token['iss'])}/x` })).toMatchObject(refused);
    expect(await present({ exp: 1 })).toMatchObject(refused);
  });

  test.each(['none', 'HS256'])('refuses a token with the algorithm %s', async (alg) => {
    const [, claims = '', signature = ''] = (await signed(token)).split('.');
    const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
    const forged = `${header}.${claims}.${alg === 'none' ? '' : signature}`;
    const answer = await verify(forged);
    expect(answer).toMatchObject(refused);
    expect(JSON.stringify(answer)).toContain('its algorithm (alg) is not one of');
  });

  test.each(issuer.subject)('refuses a token whose %s is missing or unusable', async (claim) => {
    for (const wrong of [undefined, null, '', ['a'], { id: 'a' }, 1.5, 'a\u0000', '\ud800']) {
      expect(await present(withClaim(token, pathOf(issuer, claim), wrong))).toMatchObject(refused);
    }
  });

  test('permits nobody by the issuer alone', async () => {
    const { iss, aud } = token;
    const bare = others({ iss, aud }, issuer, issuer.subject);
    const decisive = [...issuer.subject, ...(issuer.tags ?? [])];
    const choice = issuer.when?.claim;
    const claimed =
      choice === undefined || decisive.includes(choice) ? bare : keeping(bare, choice);
    const answer = await verify(await signed(claimed));
    expect(answer.ok ? decide(answer.value) : 'deny').toBe('deny');
  });

  test('permits no job of somebody else, and no person of other groups', async () => {
    const { type, subject, groups = [], tags = [], when } = issuer;
    const changed = type === 'Workload' ? subject : [...subject, ...groups, ...tags];
    const answer = await present(others(token, issuer, changed));
    // Such as the role of an AWS session, which also chooses the entry.
    expect(answer.ok).toBe(when === undefined || !changed.includes(when.claim));
    if (!answer.ok) return;
    expect(answer.value.principal.id).not.toBe(`${id}:${first.value.principal.subject}`);
    expect(decide(answer.value)).toBe('deny');
  });

  /** The claim, as the token has it, so that the entry is chosen. */
  function keeping(claims: Claims, claim: string): Claims {
    const path = pathOf(issuer, claim);
    return withClaim(claims, path, readAt(token, path));
  }
});

test('all presets together make a valid bundle, whose cases pass', () => {
  const sources = sourcesOf(filesOf(...PRESETS));
  const results = runCases(benchFor(sources.bundle, language.engineFor), sources.cases);
  expect(results.filter(({ result }) => result.status !== 'passed')).toEqual([]);
  expect(lint(sources, language, analyst)).toEqual([]);
});

test('the policy library for CI reads the same claims as the presets', () => {
  const { issuers } = parse(readFileSync('ci/policy/issuers.yaml', 'utf8')) as {
    issuers: readonly Issuer[];
  };
  for (const { id, url, subject, audience, name } of issuers) {
    const [ours] = parse(preset(id).issuers) as [Issuer];
    expect(ours).toMatchObject({ id, url, subject, audience, name });
  }
  expect(issuers).toHaveLength(4);
});

function firstOf<T>(found: readonly T[], what: string): T {
  const [first] = found;
  if (first === undefined) throw new Error(`there is no ${what}`);
  return first;
}

/** The token of the corpus that the entry takes. */
function tokenOf(one: Preset, id: string): Claims {
  const rows = TOKENS.filter(
    ({ issuers, becomes }) => issuers === one.name && becomes?.id.startsWith(`${id}:`),
  );
  return { ...one.token, ...firstOf(rows, `token of ${id}`).claims };
}

/** The same claims of somebody else. */
function others(token: Claims, issuer: Issuer, changed: readonly string[]): Claims {
  return changed.reduce<Claims>(
    (claims, claim) => withClaim(claims, pathOf(issuer, claim), `others-${claim}`),
    token,
  );
}

function readAt(claims: Claims, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Claims | undefined)?.[key], claims);
}

/** The claims with another value at a path. */
function withClaim(claims: Preset['token'], path: readonly string[], value: unknown): Claims {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return { ...claims, [key]: value };
  const inner = (claims[key] ?? {}) as Claims;
  return { ...claims, [key]: withClaim(inner, rest, value) };
}
