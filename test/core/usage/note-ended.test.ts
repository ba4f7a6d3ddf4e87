import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { noteEnded } from '../../../core/usage/note-ended.ts';
import { spanOf } from '../../../core/usage/window-of.ts';
import { MemoryUsage } from '../../support/memory-usage.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const HOUR = 3_600_000;
let usages: MemoryUsage;
beforeEach(() => {
  usages = new MemoryUsage(() => NOW);
});

const note = (grant: Grant | null, accounts: readonly string[] | null = null) =>
  noteEnded(
    { usages, store: { find: async () => ok(grant) }, places: { accounts }, clock: () => NOW },
    grant?.id ?? 'gr_1',
  );
const ended = (changes: Partial<Grant> = {}) =>
  activeGrant({
    ...{ status: 'expired', endedAt: NOW, keysValidUntil: NOW - HOUR, ...changes },
  });

describe('a grant that has ended', () => {
  test('is due an hour after its end', async () => {
    const grant = ended();
    expect(await note(grant)).toEqual(ok(true));
    expect(usages.waiting.get(grant.id)).toMatchObject({ dueAt: NOW + HOUR, attempts: 0 });
  });

  test('is due an hour after its last key, where that lives on', async () => {
    const grant = ended({ status: 'revoked', keysValidUntil: NOW + HOUR });
    expect(await note(grant)).toEqual(ok(true));
    expect(usages.waiting.get(grant.id)).toMatchObject({ dueAt: NOW + 2 * HOUR });
  });

  test('is noted once, however often it is told of', async () => {
    const grant = ended();
    await note(grant);
    expect(await note(grant)).toEqual(ok(false));
    expect(usages.waiting.size).toBe(1);
  });

  test('without keys is kept as unused, and no log is read for it', async () => {
    const grant = ended({ keysValidUntil: null });
    expect(await note(grant)).toEqual(ok(true));
    expect(usages.waiting.size).toBe(0);
    const found = await usages.find(grant);
    const from = grant.startsAt;
    expect(found).toEqual(
      ok({
        state: 'kept',
        kept: {
          ...{ of: spanOf(grant), readAt: NOW, vended: false },
          logs: { trails: [], accounts: [], regions: [] },
          usage: {
            ...{ grantId: grant.id, entitlement: grant.entitlement },
            principal: grant.requester.id,
            ...{ vends: null, calls: 0, refused: 0, first: null, last: null },
            ...{ actions: [], unmapped: [] },
            traits: {
              ...{ networks: [], agents: [], chained: [], refusedBurst: 0 },
              afterEnd: { calls: 0, refused: 0, last: null },
            },
            read: {
              ...{ source: 'files', from, until: NOW, files: 0, records: 0, bytes: 0 },
              ...{ unreadable: 0, duplicates: 0 },
            },
          },
        },
      }),
    );
  });

  test('is not looked for where the logs are not those of its accounts', async () => {
    const chained = ['arn:aws:iam::111122223333:role/valetkey/x'];
    expect(await note(ended({ chainedRoles: chained }), ['000000000000'])).toEqual(ok(false));
    expect(await note(ended(), ['111122223333'])).toEqual(ok(false));
    expect(await note(ended(), ['000000000000', '111122223333'])).toEqual(ok(true));
  });
});

test.each(['active', 'revoking', 'denied', 'lapsed'] as const)(
  'of a grant that is %s nothing is noted',
  async (status) => {
    expect(await note(ended({ status }))).toEqual(ok(false));
    expect(usages.rows.size).toBe(0);
  },
);

test('of a grant that is not there nothing is noted, and a table that fails is told', async () => {
  expect(await note(null)).toEqual(ok(false));
  const unavailable = err({ code: 'unavailable', what: 'store' } as const);
  const ports = { usages, places: { accounts: null }, clock: () => NOW };
  expect(await noteEnded({ ...ports, store: { find: async () => unavailable } }, 'gr_1')).toEqual(
    unavailable,
  );
});
