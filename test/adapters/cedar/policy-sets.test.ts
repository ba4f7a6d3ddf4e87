import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cedarEngine } from '../../../adapters/cedar/policy-engine.ts';
import { policySets } from '../../../adapters/cedar/policy-sets.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { Question } from '../../../core/decision.ts';
import type { Principal } from '../../../core/principal.ts';
import { cedar, compiled, files, READ } from '../../support/bundles.ts';

const PRINCIPALS = [
  'principal',
  'principal == ValetKey::User::"people:ana"',
  'principal in ValetKey::Group::"people:readers"',
  'principal in ValetKey::Group::"people:others"',
  'principal is ValetKey::User',
  'principal is ValetKey::User in ValetKey::Group::"people:readers"',
  'principal == ValetKey::Workload::"github:1/2"',
];
const ACTIONS = [
  'action == ValetKey::Action::"request"',
  'action == ValetKey::Action::"autoApprove"',
  'action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"]',
];
const RESOURCES = [
  'resource',
  'resource == ValetKey::Entitlement::"read"',
  'resource == ValetKey::Entitlement::"write"',
  'resource in ValetKey::Entitlement::"read"',
  'resource is ValetKey::Entitlement',
];
const CONDITIONS = [
  'true',
  'context.mfa',
  'context.durationSeconds < 100',
  '9223372036854775807 + context.durationSeconds > 0',
];

const policy = fc.record({
  effect: fc.constantFrom('permit', 'permit', 'forbid'),
  principal: fc.constantFrom(...PRINCIPALS),
  action: fc.constantFrom(...ACTIONS),
  resource: fc.constantFrom(...RESOURCES),
  when: fc.constantFrom('true', 'true', ...CONDITIONS),
});

function bundleOf(policies: readonly Record<string, string>[]): Bundle {
  const text = policies.map(
    (one, index) =>
      `@id("p-${index}") @advice("a") ${one['effect']} (${one['principal']}, ${one['action']}, ${one['resource']}) when { ${one['when']} };`,
  );
  return compiled(
    files({
      'policies/read.cedar': text.join('\n'),
      'entitlements/write.yaml': READ.replace('id: read', 'id: write'),
    }),
  );
}

const PEOPLE: readonly Principal[] = [
  {
    type: 'User',
    id: 'people:ana',
    issuer: 'people',
    name: 'ana',
    groups: ['people:readers'],
    tags: {},
  },
  {
    type: 'User',
    id: 'people:ben',
    issuer: 'people',
    name: 'ben',
    groups: ['people:others', 'people:readers'],
    tags: {},
  },
  { type: 'Workload', id: 'github:1/2', issuer: 'github', name: 'job', groups: [], tags: {} },
];

function questions(bundle: Bundle): Question[] {
  const facts = {
    now: 0,
    durationSeconds: 200,
    startsInSeconds: 0,
    sourceIp: '10.0.0.1',
    mfa: true,
    mfaAgeSeconds: 1,
    ticket: null,
    justification: '',
    scoped: false,
    parameters: {},
    history: null,
  };
  return PEOPLE.flatMap((principal) =>
    Object.values(bundle.entitlements).map((entitlement) => ({
      caller: { principal },
      entitlement,
      account: '1',
      facts,
    })),
  );
}

describe('choosing policies by their head', () => {
  test('never changes an answer, errors included', () => {
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 8 }), (policies) => {
        const bundle = bundleOf(policies);
        const few = policySets(cedar, { ...bundle, hash: `${bundle.hash}-few` }, 0);
        const all = cedarEngine(cedar, bundle, () => undefined, policySets(cedar, bundle, 1e6));
        const some = cedarEngine(cedar, bundle, () => undefined, few);
        for (const question of questions(bundle)) {
          for (const action of ['request', 'autoApprove'] as const) {
            expect(some.ask(action, question)).toEqual(all.ask(action, question));
          }
          const { principal } = question.caller;
          expect(some.maySee(principal, question)).toEqual(all.maySee(principal, question));
          expect(some.mayOnBroker('audit', principal)).toEqual(all.mayOnBroker('audit', principal));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('leaves out policies that name another principal, action or resource', () => {
    const bundle = bundleOf([
      {
        effect: 'permit',
        principal: PRINCIPALS[1] ?? '',
        action: ACTIONS[0] ?? '',
        resource: RESOURCES[1] ?? '',
        when: 'true',
      },
      {
        effect: 'permit',
        principal: PRINCIPALS[3] ?? '',
        action: ACTIONS[0] ?? '',
        resource: 'resource',
        when: 'true',
      },
      {
        effect: 'permit',
        principal: 'principal',
        action: ACTIONS[1] ?? '',
        resource: 'resource',
        when: 'true',
      },
      {
        effect: 'permit',
        principal: 'principal',
        action: ACTIONS[2] ?? '',
        resource: RESOURCES[2] ?? '',
        when: 'true',
      },
      {
        effect: 'permit',
        principal: 'principal is ValetKey::User',
        action: ACTIONS[2] ?? '',
        resource: 'resource',
        when: 'true',
      },
    ]);
    const texts = policySets(cedar, bundle, 0).textsFor({
      principal: { uid: { type: 'ValetKey::User', id: 'people:ana' }, attrs: {}, parents: [] },
      action: 'request',
      resource: { type: 'ValetKey::Entitlement', id: 'read' },
    });
    expect(Object.keys(texts)).toEqual(['p-0', 'p-4']);
  });
});
