import { expect, test } from '@jest/globals';
import type { BundleFiles } from '../../../core/bundle/bundle.ts';
import { diffBundles } from '../../../core/policy/diff.ts';
import { changesOfStatements } from '../../../core/policy/diff-statements.ts';
import { files, ISSUERS, PERMIT_READ, READ } from '../../support/bundles.ts';
import { benchOf, sourcesOf } from './test-bench.ts';

const changes = (after: Readonly<Record<string, string | null>>) => {
  const side = (bundle: BundleFiles) => ({
    bench: benchOf(bundle),
    cases: sourcesOf(bundle).cases,
  });
  return diffBundles(side(files()), side(files(after))).changes.map(
    ({ kind, id, change, details }) => [`${kind} ${id} ${change}`, ...details],
  );
};
const read = (from: string | RegExp, to: string) => ({
  'entitlements/read.yaml': READ.replace(from, to),
});

test.each([
  [
    'a duration',
    read('8h', '90m'),
    ['entitlement read changed', 'maxDuration: 8h → 90m (shorter)'],
  ],
  [
    'a session length',
    { 'entitlements/read.yaml': `${READ}sessionDuration: 15m\n` },
    ['entitlement read changed', 'sessionDuration: 1h → 15m (shorter)'],
  ],
  ['a risk', read('risk: low', 'risk: high'), ['entitlement read changed', 'risk: low → high']],
  [
    'labels',
    read('[data]', '[data, eu]'),
    ['entitlement read changed', 'labels: [data] → [data, eu]'],
  ],
  [
    'a pattern',
    read('{1,20}', '{1,30}'),
    ['entitlement read changed', "parameter 'prefix': pattern: [a-z0-9/]{1,20} → [a-z0-9/]{1,30}"],
  ],
  [
    'a network',
    read('risk: low', 'risk: low\nnetwork: bind'),
    ['entitlement read changed', 'network: any → bind'],
  ],
  [
    'an approval',
    read('risk: low', "risk: low\napproval: { approvers: ['people:boss'] }"),
    ['entitlement read changed', 'can now be approved: 1 of [people:boss]'],
  ],
  [
    'a new entitlement',
    { 'entitlements/new.yaml': READ.replace('id: read', 'id: new') },
    ['entitlement new added', 'Read (risk low, no approval)'],
  ],
  [
    'a new policy',
    { 'policies/new.cedar': PERMIT_READ.replace('read-is-fine', 'new') },
    ['policy new added', 'permit'],
  ],
  [
    'an issuer',
    { 'issuers.yaml': ISSUERS.replace('[ref, protected]', '[ref]') },
    ['issuer github changed', 'tags: [ref, protected] → [ref]'],
  ],
])('%s is a change', (_, after, expected) => {
  expect(changes(after)).toEqual([expected]);
});

test.each([
  ['the order of files', { 'policies/read.cedar': null, 'policies/a.cedar': PERMIT_READ }],
  [
    'comments and white space',
    { 'policies/read.cedar': `// new\n${PERMIT_READ.replaceAll('  ', '    ')}` },
  ],
])('%s is not a change', (_, after) => {
  expect(changes(after)).toEqual([]);
});

test('statements that differ in one list count as one that changed', () => {
  const one = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::a'] } as const;
  const other = { ...one, Effect: 'Deny' } as const;
  expect(changesOfStatements([one], [{ ...one, Resource: ['arn:aws:s3:::b'] }])).toEqual([
    'no longer allows arn:aws:s3:::a for s3:GetObject',
    'now also allows arn:aws:s3:::b for s3:GetObject',
  ]);
  expect(changesOfStatements([one], [other])).toEqual([
    'no longer allows s3:GetObject on arn:aws:s3:::a',
    'now denies s3:GetObject on arn:aws:s3:::a',
  ]);
  expect(changesOfStatements([one, other], [other, one])).toEqual([]);
});
