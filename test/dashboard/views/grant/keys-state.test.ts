import { expect, test } from '@jest/globals';
import type { Grant, GrantEvent } from '../../../../dashboard/api/types.ts';
import { keysState } from '../../../../dashboard/views/grant/keys-state.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const LATER = '2026-11-27T11:00:00Z';
const EARLIER = '2026-11-27T09:00:00Z';

const kindOf = (
  status: Grant['status'],
  keysValidUntil: string | null,
  types: readonly (GrantEvent['type'] | GrantEvent)[] = [],
) =>
  keysState(
    { status, keysValidUntil } as Grant,
    types.map((type) => (typeof type === 'string' ? ({ type } as GrantEvent) : type)),
    NOW,
  ).kind;

test('a grant that vended nothing has no keys', () => {
  expect(kindOf('active', null)).toBe('none');
  expect(kindOf('revoked', null)).toBe('none');
});

test('keys of an active grant live until they run out', () => {
  expect(kindOf('active', LATER)).toBe('live');
  expect(kindOf('active', EARLIER)).toBe('dead');
});

test('while the grant is revoking, its keys are not called dead', () => {
  expect(kindOf('revoking', LATER, ['revoking'])).toBe('dying');
});

test('a kill switch that failed since the order is loud; an earlier failure is over', () => {
  expect(kindOf('revoking', LATER, ['revoking', 'kill-failed'])).toBe('failing');
  expect(kindOf('revoking', LATER, ['kill-failed', 'revoking'])).toBe('dying');
});

test('sessions in further roles are denied before a grant is called over', () => {
  expect(kindOf('active', LATER, ['killing'])).toBe('dying');
  expect(kindOf('expired', LATER, ['killing', 'expired'])).toBe('dead');
});

test('a revoked grant is dead; keys that outlived it are said to have', () => {
  const revoked = { type: 'revoked', killSeconds: 2 } as unknown as GrantEvent;
  const { says } = keysState({ status: 'revoked', keysValidUntil: LATER } as Grant, [revoked], NOW);
  expect(says).toContain('within 2 s');
  expect(kindOf('expired', EARLIER, ['revoking', 'kill-failed', 'outlived'])).toBe('outlived');
});
