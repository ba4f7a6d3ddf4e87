import { expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../../core/audit.ts';
import type { GrantEvent } from '../../../../dashboard/api/types.ts';
import { eventInWords } from '../../../../dashboard/views/grant/event-in-words.ts';

const ANA = { type: 'User', id: 'people:ana', name: 'ana' } as const;

function event(type: GrantEvent['type'], more: object = {}): GrantEvent {
  return {
    ...{ id: 'ev_1', grantId: 'gr_1', entitlement: 'orders-read', status: 'active' },
    ...{ at: '2026-11-27T10:00:00Z', actor: ANA, requestId: 'r', sourceIp: null },
    ...{ type, ...more },
  } as GrantEvent;
}

test.each(EVENT_TYPES)('%s is a sentence, also where members are missing', (type) => {
  const { says } = eventInWords(event(type));
  expect(says).toMatch(/^[A-Za-z].*\.$/);
  expect(says).not.toMatch(/undefined|null|NaN|\[object/);
});

test('each type says something of its own', () => {
  const said = EVENT_TYPES.map((type) => eventInWords(event(type)).says);
  expect(new Set(said).size).toBe(EVENT_TYPES.length);
});

test('a refused request and a used break-glass do not read like a routine request', () => {
  const decision = { outcome: 'deny', policies: [], advice: [], bundle: '' };
  expect(eventInWords(event('requested', { decision }))).toMatchObject({
    says: 'ana asked for access: policy denied it.',
    tone: 'bad',
  });
  expect(eventInWords(event('requested', { breakGlass: true })).tone).toBe('alarm');
});

test('a vote has its comment, and what people should look at', () => {
  const warning = 'ten votes within a minute';
  expect(eventInWords(event('voted', { vote: 'deny', comment: 'not today', warning }))).toEqual({
    says: 'ana denied it. Look at this vote: ten votes within a minute.',
    quote: 'not today',
    tone: 'bad',
  });
});

test('dead keys are claimed only where the deny was read back', () => {
  expect(eventInWords(event('revoked', { killSeconds: 2 })).says).toContain(
    'read back, 2 seconds after',
  );
  expect(eventInWords(event('revoked', { killSeconds: null })).says).toContain(
    'No keys were alive',
  );
});

test('usage is told in numbers, and what is unknown is not left out', () => {
  const usage = { calls: 12, refused: 1, used: 3, granted: 10, unknown: 2, afterEnd: 0 };
  expect(eventInWords(event('usage-read', usage))).toEqual({
    says: 'The logs show 12 calls under the keys, which used 3 of 10 actions; of 2 more they do not tell.',
    ...{ quote: null, tone: 'plain' },
  });
  const one = { ...usage, calls: 1, used: 1, granted: 1, unknown: 0 };
  expect(eventInWords(event('usage-read', one)).says).toBe(
    'The logs show 1 call under the keys, which used 1 of 1 action.',
  );
  expect(eventInWords(event('usage-read', { ...usage, afterEnd: 1 }))).toMatchObject({
    says: 'Keys worked after the end of the grant: 1 call after it. Tell the security team.',
    tone: 'alarm',
  });
});

test.each(['kill-failed', 'outlived'] as const)('%s is loud', (type) => {
  expect(eventInWords(event(type)).tone).toBe('alarm');
});
