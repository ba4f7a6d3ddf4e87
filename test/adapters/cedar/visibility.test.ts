import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Question, RequestFacts } from '../../../core/decision.ts';
import type { Principal } from '../../../core/principal.ts';
import { compiled, engineOf, files } from '../../support/bundles.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';

const JOB: Principal = {
  type: 'Workload',
  id: 'github:1/2',
  issuer: 'github',
  name: 'acme/shop',
  groups: [],
  tags: { ref: 'main' },
};

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
  history: { recentDenials: 0, firstUse: true },
};

const HEAD = '(principal, action == ValetKey::Action::"request", resource)';
const permit = (when: string) => `@id("p") permit ${HEAD} when { ${when} };`;
const forbid = (when: string) =>
  `${permit('true')} @id("f") @advice("x") forbid ${HEAD} when { ${when} };`;
const unless = (condition: string) =>
  `${permit('true')} @id("f") @advice("x") forbid ${HEAD} unless { ${condition} };`;

function asked(policy: string, principal = ANA.principal, faults: unknown[] = []) {
  const bundle = compiled(files({ 'policies/read.cedar': policy }));
  const entitlement = bundle.entitlements['read'];
  if (entitlement === undefined) throw new Error('no entitlement');
  const engine = engineOf(bundle, faults);
  const question: Question = { caller: { principal }, entitlement, account: '1', facts: FACTS };
  return { engine, question, answer: engine.maySee(principal, question) };
}

const sees = (policy: string, principal?: Principal): boolean => {
  const { answer } = asked(policy, principal);
  if (!answer.ok) throw new Error('no answer');
  return answer.value;
};

describe('an entitlement is visible if other circumstances could permit it:', () => {
  test.each([
    'context has ticket',
    '!(context has ticket)',
    '!(context has ticket) && !(context has mfaAgeSeconds)',
    'context has ticket && !(context has mfaAgeSeconds)',
    'context has ticket && context.ticket like "OPS-*"',
    'context has mfaAgeSeconds && context.mfaAgeSeconds < 60',
    'context.mfa || principal in ValetKey::Group::"people:writers"',
    '!(context.mfa && resource.risk == "high")',
    'context.parameters.hasTag("prefix") && context.parameters.getTag("prefix") like "b*"',
    'context.startsInSeconds > 0 && context.justification like "* *"',
    'context.now > datetime("2999-01-01") && context.sourceIp.isIpv6()',
    'if context.mfa then true else false',
    '["a", "b"].contains(context.justification)',
  ])('permit when %s', (when) => {
    expect(sees(permit(when))).toBe(true);
  });

  test.each([
    ...['context has ticket', 'context has ticket && context.ticket like "X*"', '!context.mfa'],
    ...['context.durationSeconds > 60', 'context.mfa && resource.risk == "low"'],
    'context.mfa || resource.risk == "high"',
    'context has ticket || context has mfaAgeSeconds',
  ])('forbid when %s', (when) => {
    expect(sees(forbid(when))).toBe(true);
  });

  test.each(['context has ticket', 'context.mfa', 'context has mfaAgeSeconds'])(
    'forbid unless %s',
    (condition) => {
      expect(sees(unless(condition))).toBe(true);
    },
  );
});

describe('an entitlement is hidden if no circumstances could permit it:', () => {
  test.each([
    'context.mfa && principal in ValetKey::Group::"people:writers"',
    'principal in ValetKey::Group::"github:readers" && context.mfa',
    'context.sourceIp.isIpv4() && principal is ValetKey::Workload',
    'context has ticket && resource.risk == "high"',
    '!(context.mfa || resource.risk == "low")',
    'context.mfa && principal.hasTag("ref")',
    '(context.mfa || context.scoped) && resource.labels.contains("production")',
    'context.parameters.hasTag("prefix") && resource.account == "2"',
  ])('permit when %s', (when) => {
    expect(sees(permit(when))).toBe(false);
  });

  test.each([
    ...['true', 'resource.risk == "low"', 'principal in ValetKey::Group::"people:readers"'],
    ...['context.mfa || resource.risk == "low"', '!(context.mfa && resource.risk == "high")'],
    ...['context.mfa || true', '!(principal.hasTag("ref") && context.mfa)'],
  ])('forbid when %s', (when) => {
    expect(sees(forbid(when))).toBe(false);
  });

  test('a permit on another action', () => {
    const other = HEAD.replace('"request"', '"autoApprove"');
    expect(sees(`@id("p") permit ${other};`)).toBe(false);
  });
});

describe('visibility', () => {
  test('of a job depends on its tags, which are known', () => {
    const tagged = permit('principal.hasTag("ref") && principal.getTag("ref") == "main"');
    expect(sees(tagged, JOB)).toBe(true);
    expect(sees(tagged, { ...JOB, tags: { ref: 'dev' } })).toBe(false);
    expect(sees(tagged, { ...JOB, tags: {} })).toBe(false);
  });

  test.each([
    ['permit', `@id("p") permit ${HEAD} when { 9223372036854775807 + 1 > 0 };`],
    ['forbid', forbid('9223372036854775807 + 1 > 0')],
  ])('has no answer if a %s fails for every request', (_, policy) => {
    const faults: unknown[] = [];
    expect(asked(policy, ANA.principal, faults).answer).toEqual({ ok: false, error: NO_POLICY });
    expect(faults).toMatchObject([{ policyIds: [expect.stringMatching(/^[pf]$/)] }]);
  });

  test('never hides an entitlement that a request is permitted', () => {
    const atom = fc.constantFrom(
      ...['context.mfa', 'context.scoped', 'context has ticket', 'context has mfaAgeSeconds'],
      ...['principal in ValetKey::Group::"people:readers"', 'resource.risk == "high"'],
      ...['context.durationSeconds > 600', 'context.history.firstUse', 'true', 'false'],
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        atom,
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} && ${b})`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} || ${b})`),
        tie('expression').map((a) => `!(${a})`),
      ),
    }));
    const facts = fc.record({
      mfa: fc.boolean(),
      scoped: fc.boolean(),
      ticket: fc.constantFrom(null, 'OPS-1'),
      mfaAgeSeconds: fc.constantFrom(null, 5),
      durationSeconds: fc.constantFrom(60, 900),
    });
    fc.assert(
      fc.property(expression, expression, fc.array(facts, { maxLength: 5 }), (may, not, many) => {
        const policy = forbid(not).replace('when { true }', `when { ${may} }`);
        const { engine, question, answer } = asked(policy);
        for (const change of many) {
          const one = { ...question, facts: { ...FACTS, ...change } };
          const requested = engine.ask('request', one);
          if (requested.ok && requested.value.permitted)
            expect(answer).toEqual({ ok: true, value: true });
        }
      }),
      { numRuns: 150 },
    );
  });
});
