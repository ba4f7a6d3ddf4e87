import { describe, expect, test } from '@jest/globals';
import { listDecisions } from '../../../core/grants/list-decisions.ts';
import type { GrantQuery } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, GOVERNED, pendingIn } from '../../support/authorities.ts';
import {
  NO_POLICY,
  NO_STORE,
  unusedStore,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, AUDITOR, world } from '../../support/memory-ports.ts';

describe('recorded decisions', () => {
  test('are read by auditors, newest first, each with what the engine saw', async () => {
    const broker = world(GOVERNED);
    const older = await activeIn(broker);
    broker.now += 1000;
    const newer = await pendingIn(broker);
    const [first, second] = broker.events;
    broker.events.push({ ...second, type: 'lapsed' } as NonNullable<typeof second>);
    expect(await listDecisions(broker.ports, AUDITOR, { limit: 5 })).toEqual(
      ok({
        decisions: [
          { grant: newer, event: second },
          { grant: older, event: first },
        ],
        next: null,
      }),
    );
    expect(broker.questions).toEqual(['audit']);
  });

  test('come in pages, with every filter', async () => {
    const broker = world(GOVERNED);
    await activeIn(broker);
    broker.now += 1000;
    const newer = await activeIn(broker);
    const queries: GrantQuery[] = [];
    const ports = withStore(broker.ports, {
      list: async (query) => {
        queries.push(query);
        return broker.ports.store.list(query);
      },
    });
    const query = { limit: 1, status: 'active', entitlement: 'read' } as const;
    expect(await listDecisions(ports, AUDITOR, query)).toMatchObject({
      value: { decisions: [{ grant: newer }], next: { id: newer.id } },
    });
    expect(queries).toEqual([query]);
  });

  test('are not for others, whatever they ask for', async () => {
    const closed = { ...world(GOVERNED).ports, store: unusedStore() };
    const detail = 'You need permission to audit to read recorded decisions.';
    expect(await listDecisions(closed, ANA, { limit: 5, requester: 'people:ana' })).toEqual(
      err({ code: 'forbidden', detail }),
    );
  });

  test('fail, with the name of the grant, where the record of its request is missing', async () => {
    const broker = world(GOVERNED);
    const gone = await activeIn(broker);
    await activeIn(broker);
    const ports = withStore(broker.ports, {
      requestedEvent: async (id) =>
        id === gone.id ? ok(null) : broker.ports.store.requestedEvent(id),
    });
    expect(await listDecisions(ports, AUDITOR, { limit: 5 })).toEqual(
      err({ ...NO_STORE, grantId: gone.id }),
    );
  });

  test('are complete or not returned at all', async () => {
    const broker = world(GOVERNED);
    await activeIn(broker);
    const list = async () => err(NO_STORE);
    const requestedEvent = async () => err(NO_STORE);
    for (const changes of [{ list }, { requestedEvent }]) {
      const ports = withStore(broker.ports, changes);
      expect(await listDecisions(ports, AUDITOR, { limit: 5 })).toEqual(err(NO_STORE));
    }
    const silent = withEngine(broker.ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await listDecisions(silent, AUDITOR, { limit: 5 })).toEqual(err(NO_POLICY));
  });
});
