import { expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { readPrincipalEvent } from '../../../core/ledger/read-event.ts';
import { err, ok } from '../../../core/result.ts';
import { GOVERNED } from '../../support/authorities.ts';
import { ANA, AUDITOR, NOW, world } from '../../support/memory-ports.ts';

const EVENT: PrincipalEvent = {
  ...{ id: 'ev_1', principalId: 'people:bo', type: 'principal-suspended', at: NOW },
  ...{ actor: 'broker', requestId: 'r-1', sourceIp: null, reason: 'laptop lost' },
};
const PLACE = { id: 'ev_1', principalId: 'people:bo', at: NOW };
const { engine } = world(GOVERNED).ports;
const trail = {
  ofPrincipal: async (place: object) =>
    ok(JSON.stringify(place) === JSON.stringify(PLACE) ? EVENT : null),
};

test('an event of a principal is read by whoever may audit', async () => {
  expect(await readPrincipalEvent({ engine, trail }, AUDITOR, PLACE)).toEqual(ok(EVENT));
  expect(await readPrincipalEvent({ engine, trail }, ANA, PLACE)).toMatchObject({
    error: { code: 'forbidden' },
  });
});

test('an event that is not there is not found, and a trail that cannot be read is no empty one', async () => {
  const other = { ...PLACE, at: NOW + 1 };
  const detail = 'people:bo has no such event of that time in its trail.';
  expect(await readPrincipalEvent({ engine, trail }, AUDITOR, other)).toEqual(
    err({ code: 'not-found', detail }),
  );
  const long = { ...PLACE, id: 'x'.repeat(3000) };
  const unread = { ofPrincipal: () => Promise.reject(new Error('read')) };
  expect(await readPrincipalEvent({ engine, trail: unread }, AUDITOR, long)).toMatchObject({
    error: { code: 'not-found' },
  });
  const down = err({ code: 'unavailable', what: 'store' } as const);
  const broken = { engine, trail: { ofPrincipal: async () => down } };
  expect(await readPrincipalEvent(broken, AUDITOR, PLACE)).toEqual(down);
});
