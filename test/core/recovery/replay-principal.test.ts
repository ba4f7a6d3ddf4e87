import { describe, expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import type { Suspension } from '../../../core/principal-order.ts';
import { replayPrincipal } from '../../../core/recovery/replay-principal.ts';
import { ANA, principalSampleOf } from '../../support/ocsf/one-of-each.ts';

const order = (what: 'suspended' | 'resumed', at: number): PrincipalEvent => ({
  ...principalSampleOf(`principal-${what}`),
  ...{ id: `ev_${what}_${at}`, at },
});
const since = (at: number): Suspension => ({ at, by: 'broker', reason: 'r' });

describe('whether a principal is suspended after the replay', () => {
  test('follows the latest order, in whatever order they come', () => {
    const lines = [order('resumed', 3), order('suspended', 2)];
    expect(replayPrincipal(null, lines)).toEqual({ suspension: null, order: null });
    expect(replayPrincipal(since(1), lines)).toMatchObject({
      suspension: null,
      order: { what: 'resume', at: 3, principal: ANA.id, id: 'ev_resumed_3' },
    });
    expect(replayPrincipal(null, [...lines, order('suspended', 4)])).toMatchObject({
      suspension: { at: 4 },
      order: { what: 'suspend', id: 'ev_suspended_4' },
    });
  });

  test('is what the restored table says where that is later', () => {
    const lines = [order('suspended', 2), order('resumed', 3)];
    expect(replayPrincipal(since(5), lines)).toEqual({ suspension: since(5), order: null });
    // Resumed on the restored table: its trail says so.
    expect(replayPrincipal(null, [order('suspended', 2), order('resumed', 6)])).toEqual({
      suspension: null,
      order: null,
    });
  });

  test('is known from the hash of an order, too, and changes once', () => {
    const { id, principalId, at } = order('suspended', 2);
    const digest = { id, principalId, at, type: 'principal-suspended', sha256: 'ab' } as const;
    const done = replayPrincipal(null, [digest]);
    expect(done).toMatchObject({ suspension: { at: 2, by: 'broker' }, order: { what: 'suspend' } });
    expect(replayPrincipal(done.suspension, [digest]).order).toBeNull();
  });
});
