import { describe, expect, test } from '@jest/globals';
import { readBundle } from '../../../core/policy/read-bundle.ts';
import { benchFor } from '../../../core/policy/run-cases.ts';
import { checkProposal } from '../../../core/usage/objections.ts';
import { files, language, PERMIT_READ, READ } from '../../support/bundles.ts';
import { DEPLOYMENT, usedGrant } from './usage-bench.ts';

/** What a proposal must not do is found here, whoever made it. */

const WIDE = READ.replace("['s3:GetObject']", "['s3:GetObject', 's3:PutObject']");
const GRANTS = [
  usedGrant(1, { 's3:PutObject arn:aws:s3:::acme/a/x': 3 }, { parameters: { prefix: 'a' } }),
];

function side(changes: Readonly<Record<string, string>>) {
  const read = readBundle(files(changes), language);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { bundle, cases } = read.value;
  return { bench: benchFor(bundle, language.engineFor, DEPLOYMENT), cases };
}

const check = (
  after: Readonly<Record<string, string>>,
  { decisions = '', grants = GRANTS, before = {} } = {},
) => {
  const old = side({ 'entitlements/read.yaml': WIDE, ...before });
  return checkProposal('read', old, side({ ...before, ...after }), grants, decisions);
};

/** A request of `GET /v1/decisions`, of ana, who is a reader. */
const request = (outcome: string, grantId: string) =>
  JSON.stringify({
    ...{ grantId, at: '2026-11-20T10:00:00Z', entitlement: 'read', scope: null },
    decision: { outcome, policies: [] },
    inputs: {
      principal: {
        ...{ type: 'User', id: 'people:ana', issuer: 'people', name: 'ana', tags: {} },
        groups: ['people:readers'],
      },
      facts: {
        ...{ now: '2026-11-20T10:00:00Z', durationSeconds: 60, sourceIp: '10.0.0.1', mfa: false },
        ...{ justification: 'x', parameters: { prefix: 'a' } },
      },
    },
  });

test('the same bundle has no objection', () => {
  expect(check({ 'entitlements/read.yaml': WIDE })).toMatchObject({ calls: 1, objections: [] });
});

test.each([
  ['a recorded call would be refused', READ, 'the call s3:PutObject on arn:aws:s3:::acme/a/x'],
  [
    'a prefix leaves a recorded call out',
    WIDE.replace('{{prefix}}/*', '{{prefix}}/other/*'),
    'the call s3:PutObject on arn:aws:s3:::acme/a/x',
  ],
  [
    'an action is new',
    WIDE.replace("'s3:PutObject'", "'s3:Put*'"),
    'it would allow or deny more: s3:Put* on',
  ],
  [
    'a resource is wider',
    WIDE.replace('{{prefix}}/*', '{{prefix}}*'),
    'it would allow or deny more: s3:GetObject on arn:aws:s3:::acme/{{prefix}}*',
  ],
])('%s', (_, text, objection) => {
  expect(check({ 'entitlements/read.yaml': text }).objections.join('\n')).toContain(objection);
});

test('that the entitlement itself changes is no objection', () => {
  const checked = check({ 'entitlements/read.yaml': READ }, { grants: [] });
  expect(checked.changes).toMatchObject([{ kind: 'entitlement', id: 'read', change: 'changed' }]);
  expect(checked).toMatchObject({ calls: 0, objections: [] });
});

test('another entitlement would change with it', () => {
  const other = READ.replace('id: read', 'id: other');
  const before = { 'entitlements/other.yaml': other };
  const after = {
    'entitlements/read.yaml': READ,
    'entitlements/other.yaml': other.replace('title: Read', 'title: Other'),
  };
  expect(check(after, { before, grants: [] }).objections).toEqual([
    'entitlement other would be changed',
  ]);
});

test('a case would have another outcome', () => {
  const cases = `- name: ana reads
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow }
`;
  const before = { 'cases/read.yaml': cases };
  const policies = { 'policies/read.cedar': PERMIT_READ.replace('people:readers', 'people:a') };
  const checked = check({ 'entitlements/read.yaml': WIDE, ...policies }, { before });
  expect(checked.cases).toBe(1);
  expect(checked.objections).toContain(
    'the case "ana reads" had the outcome allow, and would have deny',
  );
});

describe('recorded requests', () => {
  const all = [request('allow', 'gr_1'), request('deny', 'gr_2'), 'nonsense'].join('\n');

  test('are no objection where both bundles decide alike, whatever was decided then', () => {
    const decisions = [request('allow', 'gr_1'), request('deny', 'gr_2')].join('\n');
    const same = check({ 'entitlements/read.yaml': WIDE }, { decisions });
    expect(same).toMatchObject({ decisions: 2, objections: [] });
    // Neither gives anything: one has no policy for it, the other does not know what it asks for.
    const gone = request('allow', 'gr_1').replace('"read"', '"write"');
    expect(check({ 'entitlements/read.yaml': WIDE }, { decisions: gone }).objections).toEqual([]);
  });

  test('are one where they would be decided otherwise, or cannot be read', () => {
    const policies = { 'policies/read.cedar': PERMIT_READ.replace('people:readers', 'people:a') };
    const denied = check({ 'entitlements/read.yaml': WIDE, ...policies }, { decisions: all });
    expect(denied.decisions).toBe(2);
    expect(denied.objections).toEqual([
      'policy read-is-fine would be changed',
      'line 3 of the decisions is not JSON',
      'the request gr_1 of ana would be decided otherwise: deny',
      'the request gr_2 of ana would be decided otherwise: deny',
    ]);
  });

  test('are none where they get nothing from either', () => {
    const before = { 'policies/read.cedar': PERMIT_READ.replace('people:readers', 'people:a') };
    const text = WIDE.replace("'[a-z0-9/]{1,20}'", "'[b-z]{1,20}'");
    const decisions = request('deny', 'gr_1');
    const after = { 'entitlements/read.yaml': text };
    const { objections } = check(after, { decisions, before, grants: [] });
    expect(objections).toEqual([]);
  });

  test('are one where the proposal no longer takes them', () => {
    const text = WIDE.replace("'[a-z0-9/]{1,20}'", "'[b-z]{1,20}'");
    const decisions = request('allow', 'gr_1');
    const { objections } = check({ 'entitlements/read.yaml': text }, { decisions, grants: [] });
    expect(objections.join('\n')).toMatch(/the request gr_1 of ana would be refused: .*prefix/);
  });
});

test('something else in the bundle would change', () => {
  const policy = PERMIT_READ.replace('people:readers', 'people:writers');
  const after = { 'entitlements/read.yaml': WIDE, 'policies/read.cedar': policy };
  expect(check(after).objections).toEqual(['policy read-is-fine would be changed']);
});
