import { describe, expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import { digestIn, wholeEntry } from '../../../core/evidence/digest.ts';
import { accountOf } from '../../../core/evidence/event-rows.ts';
import { formatInstant } from '../../../core/instant.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import {
  ANA,
  BEN,
  entryBytesOf,
  orderAbout,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';

const { requested, id, next } = trailOf(time('20T10:00:00'));
const ORDER = orderAbout(ANA.id, { type: 'principal-suspended' }, time('20T11:00:00'), BEN);
const DIGEST = entryOf(requested, 'digests').bytes;
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const digest = () => {
  const found = digestIn(DIGEST);
  if (found === null) throw new Error('never');
  return found;
};

describe('an entry with the hash of an event', () => {
  test('says of which grant, and which hash', () => {
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(digest()).toEqual({ of: { grantId: id }, sha256 });
    const { principalId, id: event, at } = ORDER as Extract<TrailEvent, { principalId: string }>;
    expect(digestIn(entryOf(ORDER, 'digests').bytes)).toEqual({
      of: { principalId, id: event, at: formatInstant(at) },
      sha256,
    });
  });

  test('stands for the event of the trail that has this hash, byte for byte', () => {
    const trail = [next({ type: 'started' }, time('20T10:01:00')), requested].map(eventJson);
    const whole = wholeEntry(digest(), trail);
    expect(whole === null ? null : Buffer.from(whole)).toEqual(
      Buffer.from(entryBytesOf(requested)),
    );
    expect(wholeEntry(digest(), trail.slice(0, 1))).toBeNull();
    expect(wholeEntry(digest(), [])).toBeNull();
  });
});

test.each([
  ['an event in full', entryBytesOf(requested)],
  ['no JSON', Buffer.from('{')],
  ['null', bytes(null)],
  ['a hash without a grant', bytes({ sha256: 'x' })],
  ['a hash of a principal without the id', bytes({ principalId: 'x', at: 'y', sha256: 'x' })],
  ['a hash of an id that is none', bytes({ principalId: 'x', id: '../x', at: 'y', sha256: 'x' })],
  ['a hash of a grant that is none', bytes({ grantId: '../x', sha256: 'x' })],
  ['a grant that is no text', bytes({ grantId: [id], sha256: 'x' })],
  ['a hash that is no text', bytes({ grantId: id, sha256: 1 })],
])('%s is no such entry', (_, entry) => {
  expect(digestIn(entry)).toBeNull();
});

test('a role that is no ARN has no account', () => {
  expect(accountOf('arn:aws:iam::111122223333:role/x')).toBe('111122223333');
  expect(accountOf('x')).toBe('');
});
