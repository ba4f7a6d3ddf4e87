import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { files, ISSUERS, language, READ } from '../../support/bundles.ts';
import { request, rulesOf, warningsOf } from './lint-bench.ts';

const ANY = 'principal';
const forbid = (when: string) => ({
  'policies/more.cedar': `@id("no") @advice("No.") forbid (principal, action == ValetKey::Action::"request", resource) when { ${when} };`,
});

describe('a policy compares the issuer with an id that the bundle does not have', () => {
  test.each([
    [
      'misspelt',
      'principal.issuer == "peple"',
      "'peple', which is no issuer; did you mean 'people'?",
    ],
    [
      'in a list',
      '["people", "githbu"].contains(principal.issuer)',
      "'githbu', which is no issuer; did you mean 'github'?",
    ],
    [
      'unknown',
      'principal.issuer == "corp"',
      "'corp', which is no issuer; the issuers are: people, github",
    ],
  ])('%s', (_, when, says) => {
    const found = warningsOf(request(ANY, when));
    expect(found).toEqual([
      expect.objectContaining({ rule: 'unknown-issuer', message: expect.stringContaining(says) }),
    ]);
  });

  test('in a forbid only where it is misspelt: a rule for another issuer has nobody to stop', () => {
    expect(rulesOf(forbid('principal.issuer == "githb"'))).toEqual(['unknown-issuer']);
    expect(rulesOf(forbid('principal.issuer == "buildkite"'))).toEqual([]);
    const copied = 'principal.issuer == "buildkite" && !(principal.hasTag("build_branch"))';
    expect(rulesOf(forbid(copied))).toEqual([]);
    expect(rulesOf(forbid('!(principal.hasTag("build_branch"))'))).toEqual(['never-applies']);
    const tagged = ' && principal.hasTag("build_branch")';
    const ours = `["people", "buildkite"].contains(principal.issuer)${tagged}`;
    expect(rulesOf(forbid(ours))).toEqual(['never-applies']);
    const misspelt = `principal.issuer == "githb"${tagged}`;
    expect(rulesOf(forbid(misspelt)).toSorted()).toEqual(['never-applies', 'unknown-issuer']);
  });

  test.each([
    [
      'the id of a group',
      'policies/more.cedar',
      '@id("more") permit (principal in ValetKey::Group::"peple:x", action, resource);',
      /the issuers are: people, github; did you mean 'people'\?$/,
    ],
    [
      'an approver',
      'entitlements/read.yaml',
      `${READ}approval: { approvers: ['peopel:boss'] }\n`,
      /the issuers are: people, github; did you mean 'people'\?$/,
    ],
    [
      'the id of an entitlement',
      'policies/more.cedar',
      '@id("more") permit (principal, action, resource == ValetKey::Entitlement::"raed");',
      /the bundle has: read; did you mean 'read'\?$/,
    ],
    [
      'a case',
      'cases/a.yaml',
      '- name: a\n  principal: { issuer: gihub, subject: 1/2 }\n  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60 }\n  context: { mfa: false, sourceIp: 10.0.0.1, now: "2026-11-23T10:00:00Z" }\n  expect: { outcome: deny }\n',
      /which has: people, github; did you mean 'github'\?/,
    ],
  ])('%s does not compile, and the message names the nearest', (_, file, text, says) => {
    const bundle = compileBundle(files({ [file]: text }), language);
    expect(bundle).toMatchObject({ ok: false, error: [{ message: expect.stringMatching(says) }] });
  });
});

describe('a policy asks for MFA that no token can show', () => {
  const WORKLOAD = 'principal is ValetKey::Workload';
  const WITHOUT = ISSUERS.replace(', mfa: { amr: [mfa] }', '');

  test('because the issuer of its principals says nothing of it', () => {
    const found = warningsOf(request(WORKLOAD, 'context.mfa'));
    expect(found).toMatchObject([
      {
        rule: 'no-mfa-shown',
        message: expect.stringContaining(
          "reads context.mfa, but no token of 'github' can show MFA",
        ),
      },
    ]);
    expect(rulesOf({ ...request(ANY, 'context.mfa'), 'issuers.yaml': WITHOUT })).toEqual([
      'no-mfa-shown',
    ]);
    const recent = 'context has mfaAgeSeconds && context.mfaAgeSeconds < 900';
    expect(rulesOf(request(WORKLOAD, recent))).toEqual(['no-mfa-shown']);
  });

  test('or forbids whoever does not show it', () => {
    expect(rulesOf(forbid('principal is ValetKey::Workload && !context.mfa'))).toEqual([
      'no-mfa-shown',
    ]);
  });

  test('but not where one issuer of its principals can', () => {
    expect(rulesOf(request(ANY, 'context.mfa'))).toEqual([]);
    expect(rulesOf(forbid('principal is ValetKey::User && !context.mfa'))).toEqual([]);
    const acr = ISSUERS.replace('mfa: { amr: [mfa] }', 'mfa: { acr: [gold] }');
    expect(rulesOf({ ...request(ANY, 'context.mfa'), 'issuers.yaml': acr })).toEqual([]);
  });
});
