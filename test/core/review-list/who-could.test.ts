import { describe, expect, test } from '@jest/globals';
import { cedarAnalyst } from '../../../adapters/cedar/policy-analyst.ts';
import type { CompiledEntitlement } from '../../../core/bundle/bundle.ts';
import type { EngineFor } from '../../../core/bundle/policy-language.ts';
import type { Question } from '../../../core/decision.ts';
import type { PolicyEngine } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { whoCould } from '../../../core/review-list/who-could.ts';
import { cedar, compiled, files, language, PERMIT_READ, READ } from '../../support/bundles.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { ANA, AUDITOR, person } from '../../support/memory-ports.ts';

const REQUESTS = `@id("mfa-requests")
permit (principal, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"read")
when { context.mfa };

@id("deputies-vote")
permit (principal in ValetKey::Group::"people:deputies", action == ValetKey::Action::"vote", resource);

@id("no-guests")
@advice("Sign in as an employee.")
forbid (principal in ValetKey::Group::"people:guests", action == ValetKey::Action::"request", resource);
`;

const bundle = compiled(
  files({
    'entitlements/other.yaml': READ.replace('id: read', 'id: other'),
    'policies/read.cedar': `${PERMIT_READ}\n${REQUESTS}`,
  }),
);
const deployment = { account: '111122223333', region: 'eu-central-1' };
const read = bundle.entitlements['read'] as CompiledEntitlement;
const other = bundle.entitlements['other'] as CompiledEntitlement;

function could(engineFor: EngineFor = language.engineFor) {
  return whoCould({ bundle, deployment, engineFor, analyst: cedarAnalyst(cedar) });
}

/** Watches the engines: of which policies each was made, and what it was asked. */
function watched(change: (engine: PolicyEngine, policies: readonly string[]) => PolicyEngine) {
  const made: (readonly string[])[] = [];
  const engineFor: EngineFor = (of, report) => {
    const policies = Object.keys(of.policies);
    made.push(policies);
    return change(language.engineFor(of, report), policies);
  };
  return { made, who: could(engineFor) };
}

describe('the policies by which somebody could use an entitlement', () => {
  const idsFor = (caller: typeof ANA, entitlement = read) => {
    const found = could().policiesFor(caller.principal, entitlement);
    return found.ok ? found.value.map(({ id }) => id) : found.error.code;
  };

  test('are those that would permit some request, whatever its facts would have to be', () => {
    expect(idsFor(ANA)).toEqual(['mfa-requests', 'read-is-fine']);
    expect(idsFor(AUDITOR)).toEqual(['mfa-requests']);
    expect(idsFor(ANA, other)).toEqual([]);
  });

  test('are none where a forbid keeps the principal out', () => {
    expect(idsFor(person('gus', ['readers', 'guests']))).toEqual([]);
  });

  test('are each asked alone, by one engine for all questions', () => {
    const { made, who } = watched((engine) => engine);
    who.policiesFor(ANA.principal, read);
    who.policiesFor(AUDITOR.principal, read);
    const [all, ...alone] = made;
    expect(all).toHaveLength(Object.keys(bundle.policies).length);
    expect(alone).toEqual([['mfa-requests'], ['read-is-fine']]);
  });

  test('are not known where an engine does not answer: the whole, or that of one policy', () => {
    const silent = (on: (policies: readonly string[]) => boolean) =>
      watched((engine, policies) =>
        on(policies) ? { ...engine, maySee: () => err(NO_POLICY) } : engine,
      ).who.policiesFor(ANA.principal, read);
    expect(silent(({ length }) => length > 1)).toEqual(err(NO_POLICY));
    expect(silent((policies) => policies.join() === 'mfa-requests')).toEqual(err(NO_POLICY));
  });

  test('are asked about the principal, the entitlement and its account alone', () => {
    const asked: Question[] = [];
    watched((engine) => ({
      ...engine,
      maySee: (_, question) => {
        asked.push(question);
        return ok(false);
      },
    })).who.policiesFor(ANA.principal, read);
    expect(asked).toMatchObject([
      { caller: { principal: ANA.principal }, entitlement: read, account: '111122223333' },
    ]);
  });
});

test('the permits on an entitlement are those for requests, forbids and votes left out', () => {
  const idsOn = (id: string) =>
    could()
      .permitsOn(id)
      .map((policy) => policy.id);
  expect(idsOn('read').toSorted()).toEqual(['mfa-requests', 'read-is-fine']);
  expect(idsOn('other')).toEqual([]);
  expect(idsOn('gone')).toEqual([]);
});

test('policies alone carry another hash than the bundle, so that no engine mistakes one for the other', () => {
  const hashes: string[] = [];
  const engineFor: EngineFor = (of, report) => {
    hashes.push(of.hash);
    expect(of.approverPolicies).toEqual(
      Object.keys(of.policies).length === 1 ? [] : bundle.approverPolicies,
    );
    return language.engineFor(of, report);
  };
  could(engineFor).policiesFor(ANA.principal, read);
  expect(hashes).toEqual([
    bundle.hash,
    `${bundle.hash} mfa-requests`,
    `${bundle.hash} read-is-fine`,
  ]);
});
