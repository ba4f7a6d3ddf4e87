import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { checkNamed } from '../../../core/lifecycle/vote.ts';
import { err, ok } from '../../../core/result.ts';
import { activeGrant, EXTENSION, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const extension = {
  ...EXTENSION,
  requestedAt: NOW,
  approvals: { ...NO_APPROVALS, lapseAt: NOW + 60_000 },
};
const WAITS: Partial<Grant> = { extension };
const REQUEST: Partial<Grant> = { status: 'pending' };
const say = (detail: string) => err({ code: 'wrong-state', detail });
const HOW =
  'The grant is active, not pending. To vote on its extension, send extension: "2026-11-23T10:00:00.123Z".';

describe('a vote', () => {
  test.each<[string, Partial<Grant>, number | null]>([
    ['a request that names nothing', REQUEST, null],
    ['the extension that it names', WAITS, NOW],
  ])('counts for %s', (_, changes, named) => {
    expect(checkNamed(activeGrant(changes), named, NOW + 59_999)).toEqual(ok(null));
  });

  test.each<[string, Partial<Grant>, number | null, string]>([
    ['on a request does not count for an extension', WAITS, null, HOW],
    [
      'on another extension does not count for this one',
      WAITS,
      NOW - 1,
      'The extension of 2026-11-23T10:00:00.122Z is not the one that waits.',
    ],
    [
      'on an extension does not count for a request',
      REQUEST,
      NOW,
      'The grant is pending and has no extension that waits.',
    ],
    [
      'on an extension that has gone does not count for the grant',
      {},
      NOW,
      'The grant is active and has no extension that waits.',
    ],
  ])('%s', (_, changes, named, detail) => {
    expect(checkNamed(activeGrant(changes), named, NOW)).toEqual(say(detail));
  });

  test.each([NOW, NOW - 1, null])(
    'comes too late once the extension has lapsed, whatever it names: %p',
    (named) => {
      const lapsed = say('The extension lapsed at 2026-11-23T10:01:00.123Z.');
      expect(checkNamed(activeGrant(WAITS), named, NOW + 60_000)).toEqual(lapsed);
    },
  );
});
