import { describe, expect, test } from '@jest/globals';
import { expireGrant } from '../../core/expire.ts';
import { GRANT_STATUSES } from '../../core/grant.ts';
import { err, ok } from '../../core/result.ts';
import { askAndVend, vend } from '../../core/vend.ts';
import { compiled } from '../support/bundles.ts';
import { NO_STORE, withStore } from '../support/failing-ports.ts';
import { ANA, CALL, REQUEST, world } from '../support/ports.ts';

async function due() {
  const it = world(compiled());
  const first = await askAndVend(it.ports, ANA, REQUEST, CALL);
  if (!first.ok) throw new Error(first.error.code);
  it.log.length = 0;
  it.now = (first.value.grant.expiresAt ?? 0) + 5000;
  return { it, grant: first.value.grant };
}

describe('expiring a grant', () => {
  test('is one write with an event by the broker itself, caused by the workflow', async () => {
    const { it, grant } = await due();
    await expireGrant(it.ports, grant.id, 'execution-1');
    expect(it.log).toEqual(['update']);
    expect(it.events.at(-1)).toEqual({
      id: expect.stringMatching(/^ev_/),
      type: 'expired',
      grantId: grant.id,
      at: it.now,
      actor: 'broker',
      requestId: 'execution-1',
      sourceIp: null,
    });
  });

  test.each(GRANT_STATUSES.filter((status) => status !== 'active'))(
    'never touches one that is %s',
    async (status) => {
      const { it, grant } = await due();
      const stored = { ...grant, status };
      it.grants.set(grant.id, stored);
      expect(await expireGrant(it.ports, grant.id, 'x')).toEqual(ok(stored));
      expect(it.log).toEqual([]);
    },
  );

  test('fails when the store does, so that the workflow tries again', async () => {
    const { it, grant } = await due();
    const unread = withStore(it.ports, { find: async () => err(NO_STORE) });
    expect(await expireGrant(unread, grant.id, 'x')).toEqual(err(NO_STORE));
    const unwritten = withStore(it.ports, { update: async () => err(NO_STORE) });
    expect(await expireGrant(unwritten, grant.id, 'x')).toEqual(err(NO_STORE));
    expect(it.grants.get(grant.id)?.status).toBe('active');
  });

  test('loses to a change that came in between, and says so', async () => {
    const { it, grant } = await due();
    const stale = withStore(it.ports, {
      find: async () => {
        it.grants.set(grant.id, { ...grant, status: 'revoking', version: 2 });
        return ok(grant);
      },
    });
    expect(await expireGrant(stale, grant.id, 'x')).toEqual(err({ code: 'conflict' }));
    expect(it.grants.get(grant.id)?.status).toBe('revoking');
  });

  test('is not what ends the keys: no vend is possible before it ran', async () => {
    const { it, grant } = await due();
    expect(await vend(it.ports, ANA, grant.id, CALL)).toMatchObject({
      error: { code: 'wrong-state' },
    });
    expect(it.grants.get(grant.id)?.status).toBe('active');
  });
});
