import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { BundleInForce } from '../../../core/evidence/bundles-in-force.ts';
import { entitlementRows, readBundle } from '../../../core/evidence/entitlement-rows.ts';
import { TABLES } from '../../../core/evidence/tables.ts';
import { sha256 } from '../../../core/ids.ts';
import { bundlePath } from '../../../core/ledger/bundle-path.ts';
import { err } from '../../../core/result.ts';
import { GOVERNED } from '../../support/authorities.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';

const bytesOf = (bundle: object): Uint8Array => Buffer.from(canonicalJson(bundle));

function inForce(bundle: object, hash = (bundle as Bundle).hash): BundleInForce {
  const file = bundlePath(sha256(canonicalJson(bundle)));
  return { bundle: hash, file, from: '2026-11-01T10:00:00Z', until: null };
}

function rowsOf(bundle: Bundle) {
  const one = inForce(bundle);
  const read = readBundle(one, bytesOf(bundle));
  if (!read.ok) throw new Error(read.error);
  return entitlementRows(read.value, one, 'bundles/x.json').map(({ cells }) =>
    Object.fromEntries(TABLES.entitlements.map((column, at) => [column, cells[at]])),
  );
}

describe('the rows of a bundle', () => {
  test('say what it is, who approves it, and which policies permit or forbid it', () => {
    const policies = `${PERMIT_READ}
@id("everything-at-night") @advice("Wait.")
forbid (principal, action == ValetKey::Action::"request", resource);
@id("others") permit (principal, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"other");
`;
    const other = READ.replace('id: read', 'id: other').replace('{{account}}', '111122223333');
    const approval = `approval:
  required: 2
  approvers: ['people:bosses', 'people:owners']
  escalateAfter: 90m
  escalateTo: ['people:deputies']
  lapseAfter: 4h
`;
    const rows = rowsOf(
      compiled(
        files({
          'entitlements/read.yaml': READ,
          'entitlements/other.yaml': `${other}${approval}`,
          'policies/read.cedar': policies,
        }),
      ),
    );
    const common = { title: 'Read', risk: 'low', maxDurationSeconds: 28_800, breakGlass: false };
    const read = rows.find(({ id }) => id === 'read');
    expect(read).toMatchObject({
      ...common,
      account: '{{account}}',
      role: 'arn:aws:iam::{{account}}:role/valetkey/read',
      approval: 'nobody can approve it',
      permits: 'read-is-fine',
      permitsAtOnce: 'read-is-fine',
      forbids: 'everything-at-night',
      file: 'bundles/x.json',
      inForceFrom: '2026-11-01T10:00:00Z',
      inForceUntil: null,
    });
    expect(rows.find(({ id }) => id === 'other')).toMatchObject({
      ...common,
      account: '111122223333',
      approval:
        '2 of people:bosses, people:owners; after 1 h 30 min also of people:deputies; lapses after 4 hours',
      permits: 'others',
      permitsAtOnce: '',
      forbids: 'everything-at-night',
    });
  });

  test('of an approval that never escalates do not say that it does', () => {
    expect(rowsOf(GOVERNED)).toMatchObject([
      { approval: '2 of people:bosses; lapses after 4 hours', permits: 'readers-request' },
    ]);
  });
});

describe('the file of a bundle', () => {
  test('has to be the one that its name says', () => {
    const changed = Buffer.from(`${canonicalJson(GOVERNED)} `);
    expect(readBundle(inForce(GOVERNED), changed)).toEqual(err('changed'));
    const unnamed = { ...inForce(GOVERNED), file: 'bundle/x.json' };
    expect(readBundle(unnamed, bytesOf(GOVERNED))).toEqual(err('changed'));
  });

  test.each([
    ['is no bundle', { hash: 'sha256:1' }, 'sha256:1'],
    ['is that of another deployment', GOVERNED, 'sha256:1'],
    ['has a policy without a head', { ...GOVERNED, policies: { p: { id: 'p' } } }, GOVERNED.hash],
  ])('that %s is unreadable', (_, bundle, hash) => {
    expect(readBundle(inForce(bundle, hash), bytesOf(bundle))).toEqual(err('unreadable'));
  });

  test('that is no JSON is unreadable', () => {
    const file = bundlePath(sha256('{'));
    const one = { ...inForce(GOVERNED), file };
    expect(readBundle(one, Buffer.from('{'))).toEqual(err('unreadable'));
  });
});
