import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { RequestFacts } from '../../../core/decision.ts';
import type { Principal } from '../../../core/principal.ts';
import { QUIET } from '../../../core/request-signals.ts';
import { compiled, engineOf, files } from '../../support/bundles.ts';

const ANA: Principal = {
  type: 'User',
  id: 'people:ana',
  issuer: 'people',
  name: 'ana@acme.example',
  groups: ['people:readers'],
  tags: {},
};

const FACTS: RequestFacts = {
  now: Date.parse('2026-11-23T10:00:00Z'),
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

function bundleWith(policy: string): Bundle {
  return compiled(files({ 'policies/read.cedar': policy }));
}

const permit = (
  when: string,
  head = 'principal, action == ValetKey::Action::"request", resource',
) => `@id("p") permit (${head}) when { ${when} };`;

function ask(
  bundle: Bundle,
  facts: Partial<RequestFacts> = {},
  principal = ANA,
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

const permitted = (
  bundle: Bundle,
  facts?: Partial<RequestFacts>,
  principal?: Principal,
): boolean => {
  const answer = ask(bundle, facts, principal);
  if (!answer.ok) throw new Error('no answer');
  return answer.value.permitted;
};

describe('Cedar as the PolicyEngine', () => {
  test('denies what nothing permits', () => {
    const answer = ask(compiled(), {}, { ...ANA, groups: [] });
    expect(answer).toEqual({ ok: true, value: { permitted: false, policies: [], advice: [] } });
  });

  test('names the policies that permit', () => {
    expect(ask(compiled())).toMatchObject({
      value: { permitted: true, policies: ['read-is-fine'] },
    });
  });

  test('lets a forbid override, and gives its advice', () => {
    const bundle = bundleWith(
      `${permit('true')} @id("f") @advice("Not today.") forbid (principal, action, resource);`,
    );
    const value = { permitted: false, policies: ['f'], advice: ['Not today.'] };
    expect(ask(bundle)).toEqual({ ok: true, value });
  });

  test.each([
    ['a permit', permit('9223372036854775807 + context.durationSeconds > 0')],
    [
      'a forbid',
      `${permit('true')} @id("f") @advice("x") forbid (principal, action == ValetKey::Action::"request", resource) when { 9223372036854775807 + context.durationSeconds > 0 };`,
    ],
  ])('gives no answer if %s cannot be evaluated, and reports the fault', (_, policy) => {
    const faults: unknown[] = [];
    const answer = ask(bundleWith(policy), {}, ANA, faults);
    expect(answer).toEqual({ ok: false, error: { code: 'unavailable', what: 'policy' } });
    expect(faults).toEqual([
      {
        policyIds: [expect.stringMatching(/^[pf]$/)],
        message: expect.stringContaining('overflow'),
      },
    ]);
  });

  test('tells the groups of different issuers apart', () => {
    expect(permitted(compiled(), {}, { ...ANA, groups: ['github:readers'] })).toBe(false);
    expect(
      permitted(compiled(), {}, { ...ANA, groups: ['people:writers', 'people:readers'] }),
    ).toBe(true);
  });

  test.each<[string, string, Partial<RequestFacts>, Partial<RequestFacts>]>([
    ['duration', 'context.durationSeconds <= 900', {}, { durationSeconds: 901 }],
    ['network', 'context.sourceIp.isInRange(ip("10.0.0.0/8"))', {}, { sourceIp: '11.0.0.1' }],
    [
      'IPv6 network',
      'context.sourceIp.isInRange(ip("2001:db8::/32"))',
      { sourceIp: '2001:db8::7' },
      {},
    ],
    [
      'time',
      'context.now < datetime("2026-11-23T12:00:00Z")',
      {},
      { now: Date.parse('2026-11-23T13:00:00Z') },
    ],
    [
      'time of day',
      'context.now.toTime() >= duration("9h")',
      {},
      { now: Date.parse('2026-11-23T08:00:00Z') },
    ],
    ['second factor', 'context.mfa', { mfa: true }, {}],
    [
      'its age',
      'context has mfaAgeSeconds && context.mfaAgeSeconds < 60',
      { mfa: true, mfaAgeSeconds: 5 },
      { mfa: true },
    ],
    ['ticket', 'context has ticket && context.ticket like "OPS-*"', { ticket: 'OPS-1' }, {}],
    ['justification', 'context.justification != ""', {}, { justification: '' }],
    ['scope', 'context.scoped', { scoped: true }, {}],
    [
      'parameters',
      'context.parameters.hasTag("prefix") && context.parameters.getTag("prefix") == "a"',
      {},
      { parameters: { prefix: 'b' } },
    ],
    [
      'history',
      'context.history.recentDenials < 3 && context.history.firstUse',
      { history: { recentDenials: 2, firstUse: true } },
      { history: { recentDenials: 3, firstUse: true } },
    ],
    [
      'signals',
      'context.signals.deniedInARow < 3 && !context.signals.newNetwork',
      { signals: QUIET },
      { signals: { ...QUIET, newNetwork: true } },
    ],
    [
      'the entitlement',
      'resource.risk == "low" && resource.labels.contains("data") && resource.account == "111122223333" && !resource.breakGlass && context.durationSeconds == 900',
      {},
      { durationSeconds: 1 },
    ],
  ])('lets policies decide by %s', (_, when, good, bad) => {
    const bundle = bundleWith(permit(when));
    expect(permitted(bundle, good)).toBe(true);
    expect(permitted(bundle, bad)).toBe(false);
  });

  test('gives workloads their tags, and people none of them', () => {
    const bundle = bundleWith(
      permit('principal.hasTag("ref") && principal.getTag("ref") == "main"'),
    );
    const job: Principal = {
      ...ANA,
      type: 'Workload',
      id: 'github:1/2',
      issuer: 'github',
      groups: [],
      tags: { ref: 'main' },
    };
    expect(permitted(bundle, {}, job)).toBe(true);
    expect(permitted(bundle, {}, { ...job, tags: { ref: 'dev' } })).toBe(false);
    expect(permitted(bundle, {}, ANA)).toBe(false);
  });
});

describe('what a principal may see', () => {
  const sees = (policy: string, principal: Principal = ANA): boolean => {
    const bundle = bundleWith(policy);
    const entitlement = bundle.entitlements['read'];
    if (entitlement === undefined) throw new Error('no entitlement');
    const question = { caller: { principal }, entitlement, account: '1', facts: FACTS };
    const answer = engineOf(bundle).maySee(principal, question);
    if (!answer.ok) throw new Error('no answer');
    return answer.value;
  };

  test.each([
    ['context.mfa && context has ticket'],
    ['context.durationSeconds < 10 && context.sourceIp.isInRange(ip("10.0.0.0/8"))'],
    ['context.parameters.hasTag("prefix") && context.parameters.getTag("prefix") == "x"'],
    ['context.now.toTime() > duration("8h") && context.history.firstUse'],
  ])('is whatever some request could get: %s', (when) => {
    expect(sees(permit(when))).toBe(true);
  });

  test('is nothing that only others could get', () => {
    const head =
      'principal in ValetKey::Group::"people:writers", action == ValetKey::Action::"request", resource';
    expect(sees(permit('context.mfa', head))).toBe(false);
    expect(sees(permit('principal in ValetKey::Group::"people:writers" && context.mfa'))).toBe(
      false,
    );
    expect(sees(permit('principal is ValetKey::Workload && context.mfa'))).toBe(false);
    expect(sees(permit('resource.risk == "high" && context.mfa'))).toBe(false);
  });

  test('is nothing that is forbidden whatever they ask, but what is forbidden sometimes', () => {
    const forbid = (when: string) =>
      `${permit('true')} @id("f") @advice("x") forbid (principal, action == ValetKey::Action::"request", resource) when { ${when} };`;
    expect(sees(forbid('resource.risk == "low"'))).toBe(false);
    expect(sees(forbid('!context.mfa'))).toBe(true);
  });
});

describe('who may audit', () => {
  test('is who policy permits to', () => {
    const bundle = bundleWith(
      '@id("a") permit (principal in ValetKey::Group::"people:readers", action == ValetKey::Action::"audit", resource);',
    );
    const engine = engineOf(bundle);
    expect(engine.mayOnBroker('audit', ANA)).toEqual({ ok: true, value: true });
    expect(engine.mayOnBroker('audit', { ...ANA, groups: [] })).toEqual({ ok: true, value: false });
  });
});
