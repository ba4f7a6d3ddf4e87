import { expect, test } from '@jest/globals';
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

const check = (after: Readonly<Record<string, string>>) =>
  checkProposal('read', side({ 'entitlements/read.yaml': WIDE }), side(after), GRANTS, '');

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

test('something else in the bundle would change', () => {
  const policy = PERMIT_READ.replace('people:readers', 'people:writers');
  const after = { 'entitlements/read.yaml': WIDE, 'policies/read.cedar': policy };
  expect(check(after).objections).toEqual(['policy read-is-fine would be changed']);
});
