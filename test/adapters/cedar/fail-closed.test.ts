import { describe, expect, test } from '@jest/globals';
import { cedarEngine } from '../../../adapters/cedar/policy-engine.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { RequestFacts } from '../../../core/decision.ts';
import type { Principal } from '../../../core/principal.ts';
import { cedar, compiled, engineOf, files } from '../../support/bundles.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';

const FACTS: RequestFacts = {
  now: NOW,
  durationSeconds: 900,
  startsInSeconds: 0,
  sourceIp: '10.1.2.3',
  mfa: false,
  mfaAgeSeconds: null,
  ticket: null,
  justification: 'test',
  scoped: false,
  parameters: { prefix: 'a' },
  history: null,
};

const HEAD = '(principal, action == ValetKey::Action::"request", resource)';
const policy = (effect: 'permit' | 'forbid', id: string, when = 'true') =>
  `@id("${id}") @advice("advice of ${id}") ${effect} ${HEAD} when { ${when} };\n`;
const FAILS = '9223372036854775807 + context.durationSeconds > 0';

const bundleOf = (...policies: readonly string[]): Bundle =>
  compiled(files({ 'policies/read.cedar': policies.join('') }));

function ask(
  bundle: Bundle,
  facts: Partial<RequestFacts> = {},
  principal: Principal = ANA.principal,
  faults: unknown[] = [],
) {
  const entitlement = bundle.entitlements['read'];
  if (entitlement === undefined) throw new Error('no entitlement');
  const question = {
    caller: { principal },
    entitlement,
    account: '111122223333',
    facts: { ...FACTS, ...facts },
  };
  return engineOf(bundle, faults).ask('request', question);
}

const permitted = (...args: Parameters<typeof ask>): boolean => {
  const answer = ask(...args);
  if (!answer.ok) throw new Error('no answer');
  return answer.value.permitted;
};

describe('a policy that fails', () => {
  test.each([
    ['a permit beside one that permits', policy('permit', 'ok'), policy('permit', 'bad', FAILS)],
    ['a forbid beside a permit', policy('permit', 'ok'), policy('forbid', 'bad', FAILS)],
    ['a permit beside a forbid', policy('forbid', 'no'), policy('permit', 'bad', FAILS)],
    ['a forbid beside a forbid', policy('forbid', 'no'), policy('forbid', 'bad', FAILS)],
  ])('leaves no answer: %s', (_, other, bad) => {
    const faults: unknown[] = [];
    expect(ask(bundleOf(other, bad), {}, ANA.principal, faults)).toEqual({
      ok: false,
      error: NO_POLICY,
    });
    expect(faults).toEqual([{ policyIds: ['bad'], message: expect.stringContaining('overflow') }]);
  });

  test('is reported together with every other that fails', () => {
    const faults: { policyIds?: readonly string[] }[] = [];
    ask(
      bundleOf(policy('permit', 'a', FAILS), policy('forbid', 'b', FAILS)),
      {},
      ANA.principal,
      faults,
    );
    expect(faults.flatMap(({ policyIds = [] }) => policyIds).sort()).toEqual(['a', 'b']);
  });

  test('is no fault if its guard prevents the failure', () => {
    expect(permitted(bundleOf(policy('permit', 'a', `context.mfa && ${FAILS}`)))).toBe(false);
  });
});

describe('a fact', () => {
  test('that was not looked up is a fault, not an invented value', () => {
    const faults: unknown[] = [];
    const bundle = bundleOf(policy('permit', 'p', 'context.history.recentDenials < 3'));
    expect(ask(bundle, { history: null }, ANA.principal, faults).ok).toBe(false);
    expect(faults).toMatchObject([{ policyIds: ['p'] }]);
  });

  test.each<[string, Partial<RequestFacts>]>([
    ['a wrong address', { sourceIp: 'unknown' }],
    ['half a second', { durationSeconds: 0.5 }],
  ])('that Cedar cannot read is a fault: %s', (_, facts) => {
    const faults: unknown[] = [];
    expect(ask(compiled(), facts, ANA.principal, faults).ok).toBe(false);
    expect(faults).toHaveLength(1);
  });

  test('that is optional may be absent, which differs from empty', () => {
    const withTicket = bundleOf(policy('permit', 'p', 'context has ticket'));
    expect(permitted(withTicket, { ticket: null })).toBe(false);
    expect(permitted(withTicket, { ticket: '' })).toBe(true);
    const age = bundleOf(policy('permit', 'p', 'context has mfaAgeSeconds'));
    expect(permitted(age, { mfa: true, mfaAgeSeconds: null })).toBe(false);
    expect(permitted(age, { mfa: true, mfaAgeSeconds: 0 })).toBe(true);
  });

  test('from the caller is text to Cedar, whatever it looks like', () => {
    const sly = '"; permit (principal, action, resource); //';
    const bundle = bundleOf(
      policy(
        'permit',
        'p',
        'context.justification == "x" || context has ticket && context.ticket == "x"',
      ),
    );
    expect(permitted(bundle, { justification: sly, ticket: sly })).toBe(false);
    const parameters = { prefix: '{"__entity":{"type":"ValetKey::Group","id":"people:boss"}}' };
    expect(permitted(bundle, { parameters })).toBe(false);
  });
});

describe('the answer', () => {
  test('of a permit names all permits that apply, and has no advice', () => {
    const bundle = bundleOf(
      policy('permit', 'b'),
      policy('permit', 'a'),
      policy('permit', 'c', 'context.mfa'),
      policy('forbid', 'f', 'context.mfa'),
    );
    expect(ask(bundle)).toEqual({
      ok: true,
      value: { permitted: true, policies: ['a', 'b'], advice: [] },
    });
  });

  test('of a denial names all forbids that apply, and has the advice of each', () => {
    const bundle = bundleOf(
      policy('forbid', 'z'),
      policy('forbid', 'f', '!context.mfa'),
      policy('permit', 'p'),
      policy('forbid', 'g', 'context.mfa'),
    );
    expect(ask(bundle)).toEqual({
      ok: true,
      value: { permitted: false, policies: ['f', 'z'], advice: ['advice of f', 'advice of z'] },
    });
  });

  test('to autoApprove does not follow from the answer to request', () => {
    const bundle = bundleOf(policy('permit', 'p'));
    const entitlement = bundle.entitlements['read'];
    if (entitlement === undefined) throw new Error('no entitlement');
    const question = { caller: ANA, entitlement, account: '1', facts: FACTS };
    expect(engineOf(bundle).ask('autoApprove', question)).toEqual({
      ok: true,
      value: { permitted: false, policies: [], advice: [] },
    });
  });

  test('tells a person from a job with the same id', () => {
    const job: Principal = { ...ANA.principal, type: 'Workload' };
    const bundle = bundleOf(policy('permit', 'p', 'principal == ValetKey::User::"people:ana"'));
    expect(permitted(bundle)).toBe(true);
    expect(permitted(bundle, {}, job)).toBe(false);
    expect(permitted(bundle, {}, { ...ANA.principal, id: 'people:ana ' })).toBe(false);
    expect(permitted(bundle, {}, { ...ANA.principal, id: 'people:Ana' })).toBe(false);
  });

  test('accepts any text in groups, names and tags', () => {
    const odd = 'people:a"::b\n\u{1f511}\\';
    const principal = { ...ANA.principal, name: odd, groups: [odd, 'people:readers'] };
    expect(permitted(compiled(), {}, principal)).toBe(true);
    expect(permitted(compiled(), {}, { ...principal, groups: [odd] })).toBe(false);
  });
});

describe('auditing', () => {
  const AUDIT = 'action == ValetKey::Action::"audit", resource == ValetKey::Broker::"broker"';
  const permit = `@id("a") permit (principal in ValetKey::Group::"people:readers", ${AUDIT});\n`;

  test('is denied by default, and by a forbid', () => {
    expect(engineOf(compiled()).mayOnBroker('audit', ANA.principal)).toEqual({
      ok: true,
      value: false,
    });
    const forbid = `@id("f") @advice("x") forbid (principal is ValetKey::User, ${AUDIT});`;
    expect(engineOf(bundleOf(permit)).mayOnBroker('audit', ANA.principal)).toEqual({
      ok: true,
      value: true,
    });
    const both = engineOf(bundleOf(permit, forbid));
    expect(both.mayOnBroker('audit', ANA.principal)).toEqual({ ok: true, value: false });
  });

  test('has no answer if a policy on it fails', () => {
    const faults: unknown[] = [];
    const bad = `@id("f") @advice("x") forbid (principal, ${AUDIT}) when { 9223372036854775807 + 1 > 0 };`;
    const answer = engineOf(bundleOf(permit, bad), faults).mayOnBroker('audit', ANA.principal);
    expect(answer).toEqual({ ok: false, error: NO_POLICY });
    expect(faults).toMatchObject([{ policyIds: ['f'] }]);
  });
});

test('an engine is not made of policies that do not parse', () => {
  const { policies, ...rest } = compiled();
  const broken = Object.fromEntries(
    Object.entries(policies).map(([id, one]) => [id, { ...one, text: `${one.text} permit` }]),
  );
  const bundle = { ...rest, hash: 'sha256:broken', policies: broken };
  expect(() => cedarEngine(cedar, bundle, () => undefined)).toThrow(/does not parse/);
});
