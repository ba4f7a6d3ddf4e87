import { expect, test } from '@jest/globals';
import { listSuspended } from '../../../core/grants/list-suspended.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { ADMIN, BOSS, GOVERNED } from '../../support/authorities.ts';
import { NO_POLICY, withEngine } from '../../support/failing-ports.ts';
import { AUDITOR, world } from '../../support/memory-ports.ts';

const PAGE = { suspended: [], next: null };

function listing(caller: Caller, { engine } = world(GOVERNED).ports) {
  const asked: unknown[] = [];
  const principals = {
    suspended: async (query: unknown) => {
      asked.push(query);
      return ok(PAGE);
    },
  };
  return { asked, page: listSuspended({ engine, principals } as never, caller, { limit: 5 }) };
}

test('administrators list who is suspended', async () => {
  const { asked, page } = listing(ADMIN);
  expect(await page).toEqual(ok(PAGE));
  expect(asked).toEqual([{ limit: 5 }]);
});

test.each([
  ['auditors', AUDITOR],
  ['approvers', BOSS],
])('%s do not', async (_, caller) => {
  const { asked, page } = listing(caller);
  const detail = 'Policy does not let you list suspended principals.';
  expect(await page).toEqual(err({ code: 'forbidden', detail }));
  expect(asked).toEqual([]);
});

test('nobody does while policy gives no answer', async () => {
  const silent = withEngine(world(GOVERNED).ports, { mayOnBroker: () => err(NO_POLICY) });
  const { asked, page } = listing(ADMIN, silent);
  expect(await page).toEqual(err(NO_POLICY));
  expect(asked).toEqual([]);
});
