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

/** Every preset that `policy init` writes: as a bundle, and with tokens as its provider documents them. */

const EACH = PRESETS.map((one) => [one.name, one] as const);

describe.each(EACH)('the preset %s', (name, one) => {
  const sources = sourcesOf(filesOf(one));
  const bench = benchFor(sources.bundle, language.engineFor);
  const [first] = sources.cases;
  if (first === undefined) throw new Error(`${name} has no case`);
  const issuer = issuerOfCase(sources.issuers.value, first.value.principal.issuer);

  const decide = (caller: Caller) => {
    const judge = { ...bench, clock: () => first.value.context.now };
    const call = { caller, sourceIp: '192.0.2.10' };
    const assessed = judgeRequest(judge, call, first.value.request, NO_PAST);
    return assessed.ok ? assessed.value.decision.outcome : 'deny';
  };
  const present = async (claims: Claims) =>
    verifierOf(sources.issuers.value)(await signed({ ...one.token, ...claims }));
  test('is a bundle without warnings, whose cases pass and cover every policy', () => {
    expect(lint(sources, language, analyst)).toEqual([]);
    const results = runCases(bench, sources.cases);
    expect(results.filter(({ result }) => result.status !== 'passed')).toEqual([]);
    const reach = analyst.reach(sources.bundle, SAMPLE_DEPLOYMENT);
    const ids = Object.keys(sources.bundle.policies);
    expect(coverageOf(ids, results, reach).percent).toBe(100);
    expect(results.length).toBeGreaterThanOrEqual(4);
  });

  test('takes a token of the documented shape for the principal of its first case', async () => {
    const asked = answerCase(bench, first.value);
    expect(asked).toMatchObject({ ok: true, value: { decision: { outcome: 'allow' } } });
    const caller = await present({});
    if (!caller.ok) throw new Error(JSON.stringify(caller.error));
    const { subject } = first.value.principal;
    expect(caller.value.principal).toMatchObject({
      id: `${issuer.id}:${subject}`,
      type: issuer.type,
    });
    expect(decide(caller.value)).toBe('allow');
  });

  test('refuses a token for another audience, of another issuer, or of an unlisted algorithm', async () => {
    const refused = { ok: false, error: { code: 'token-refused' } };
    expect(await present({ aud: 'https://other.example' })).toMatchObject(refused);
    expect(await present({ aud: null })).toMatchObject(refused);
    expect(await present({ iss: `${String(one.token['iss'])}/x` })).toMatchObject(refused);
    expect(await present({ exp: 1 })).toMatchObject(refused);
  });

  test.each(issuer.subject)('refuses a token whose %s is missing or unusable', async (claim) => {
    for (const wrong of [undefined, null, '', ['a'], { id: 'a' }, 1.5, 'a\u0000', '\ud800']) {
      const caller = await present(withClaim(one.token, pathOf(issuer, claim), wrong));
      expect(caller).toMatchObject({ ok: false, error: { code: 'token-refused' } });
    }
  });

  test('permits nobody by the issuer alone, and no job of somebody else', async () => {
    const { iss, aud } = one.token;
    const others = (token: Claims) =>
      issuer.subject.reduce<Claims>(
        (claims, claim) => withClaim(claims, pathOf(issuer, claim), `others-${claim}`),
        token,
      );
    const bare = await verifierOf(sources.issuers.value)(await signed(others({ iss, aud })));
    expect(bare.ok ? decide(bare.value) : 'deny').toBe('deny');
    const full = await present(others(one.token));
    if (!full.ok) return;
    expect(full.value.principal.id).not.toBe(`${issuer.id}:${first.value.principal.subject}`);
    expect(issuer.type === 'User' ? 'deny' : decide(full.value)).toBe('deny');
  });
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

function issuerOfCase(issuers: readonly Issuer[], id: string): Issuer {
  const found = issuers.find((issuer) => issuer.id === id);
  if (found === undefined) throw new Error(`no issuer ${id}`);
  return found;
}

/** The claims with another value at a path. */
function withClaim(claims: Preset['token'], path: readonly string[], value: unknown): Claims {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return { ...claims, [key]: value };
  const inner = (claims[key] ?? {}) as Claims;
  return { ...claims, [key]: withClaim(inner, rest, value) };
}
