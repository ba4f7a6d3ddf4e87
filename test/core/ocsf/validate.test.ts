import { describe, expect, test } from '@jest/globals';
import { OCSF_VERSIONS } from '../../../core/ocsf/classes.ts';
import { toOcsf } from '../../../core/ocsf/to-ocsf.ts';
import { ANA, sampleOf } from '../../support/ocsf/one-of-each.ts';
import { factsOf } from '../../support/ocsf/schema-facts.ts';
import { faultsOf } from '../../support/ocsf/validate.ts';

/** The validator of these tests is worth something only if it refuses what the schema refuses. */

const LEDGER = { origin: 'broker.example/log', index: 1, leafHash: 'bGVhZg==' };
const options = { version: '1.9.0', ledger: LEDGER, requester: ANA } as const;
const VENDED = toOcsf(sampleOf('vended'), options) as Readonly<Record<string, object>>;
const FACTS = factsOf('1.9.0');
const { metadata, session, cloud } = VENDED;
const [attestation] = VENDED['attestation_list'] as object[];
const { privileges: _, iam_roles: __, ...nothingAssigned } = VENDED;
const { metadata: ___, ...noMetadata } = VENDED;

describe('the validator finds', () => {
  test.each([
    ['an unknown attribute', { color: 'red' }, 'color: unknown'],
    ['one in an object', { cloud: { ...cloud, color: 1 } }, 'cloud.color: unknown'],
    ['a missing attribute', { user: undefined }, 'user: missing'],
    [
      'one in an object',
      { metadata: { ...metadata, product: undefined } },
      'metadata.product: miss',
    ],
    ['a wrong type', { message: 1 }, 'message: 1 is no string_t'],
    ['an empty text', { message: '' }, 'message: "" is no string_t'],
    ['null', { message: null }, 'message: null is no string_t'],
    ['seconds', { time: 1_700_000_000 }, 'time: 1700000000 is no timestamp_t'],
    ['one in an object', { session: { ...session, created_time: 'now' } }, 'session.created_time:'],
    ['a name as an address', { src_endpoint: { ip: 'localhost' } }, 'src_endpoint.ip: "localhost"'],
    ['an item without a list', { privileges: 'all' }, 'privileges: no list'],
    ['a text for an object', { user: 'ana' }, 'user: no object'],
    ['a number of no meaning', { severity_id: 7 }, 'severity_id: no 7 there'],
    ['a wrong activity', { activity_id: 9 }, 'activity_id: no 9 there'],
    ['a wrong type_uid', { type_uid: 300302 }, 'type_uid: 300302 instead of 300303'],
    ['a wrong caption', { activity_name: 'Assign' }, 'activity_name: Assign instead of Assign R'],
    ['a wrong version', { metadata: { ...metadata, version: '1.8.0' } }, 'metadata.version: 1.8.0'],
    ['a class that is none', { class_uid: 3999 }, 'class_uid: 1.9.0 has no 3999'],
    ['an object of no name', { user: {} }, 'user.at least one of account,name,uid: none'],
    ['what is deprecated', { group: { name: 'x' } }, 'group: deprecated'],
    [
      'an attribute without its profile',
      { metadata: { ...metadata, profiles: [] } },
      'cloud: unkn',
    ],
    ['an object beyond the facts', { http_request: {} }, 'http_request: the facts have no'],
    [
      'an attestation of nothing',
      { attestation_list: [{ uid: '1' }] },
      'attestation_list[0].at lea',
    ],
    [
      'a hash that is none',
      { attestation_list: [{ ...attestation, fingerprint: { algorithm_id: 3, value: 'x' } }] },
      'attestation_list[0].fingerprint.value: "x" is no file_hash_t',
    ],
  ])('%s', (_what, change, fault) => {
    const broken = JSON.parse(JSON.stringify({ ...VENDED, ...change }));
    expect(faultsOf(broken, FACTS).join('\n')).toContain(fault);
  });

  test('that nothing of a list is there of which something must be', () => {
    expect(faultsOf(nothingAssigned, FACTS)).toEqual([
      'at least one of privileges,groups,iam_roles: none',
    ]);
  });

  test('that two are there of which one must be', () => {
    const made = toOcsf(sampleOf('vended'), { ...options, version: '1.5.0' });
    expect(faultsOf({ ...made, group: { name: 'x' } }, factsOf('1.5.0'))).toContain(
      'just one of privileges,group: 2',
    );
  });

  test('an event of another version', () => {
    expect(faultsOf(VENDED, factsOf('1.5.0'))).not.toEqual([]);
  });

  test('an event without metadata', () => {
    expect(faultsOf(noMetadata, FACTS)).toContain('metadata: missing');
  });
});

test.each(OCSF_VERSIONS)('the facts of %s are of that version', (version) => {
  expect(factsOf(version).version).toBe(version);
});
