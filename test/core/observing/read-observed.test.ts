import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import type { Notice } from '../../../core/ledger/record-events.ts';
import { type ObservePorts, readObserved } from '../../../core/observing/read-observed.ts';
import { ok } from '../../../core/result.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const GRANT = activeGrant({ id: 'gr_1' });
const PAGE = 2;

function eventAt(second: number, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    ...{ id: `ev_${second}`, grantId: GRANT.id, entitlement: 'read', status: 'active' },
    ...{ at: NOW + second * 1000, actor: 'broker', requestId: 'r', sourceIp: null },
    ...{ type: 'started', ...more },
  } as AuditEvent;
}

const SUSPENDED: PrincipalEvent = {
  ...{ id: 'ev_p', principalId: 'people:eve', type: 'principal-suspended', at: NOW + 1500 },
  ...{ actor: 'broker', requestId: 'r', sourceIp: null, reason: '' },
};
const OF_PRINCIPAL: Notice = { id: 'ev_p', at: 0, principalId: 'people:eve' };

const noticeOf = ({ id, at, grantId }: AuditEvent): Notice => ({ id, at, grantId });

/** A trail in pages of two, and what was read. */
function world(events: readonly AuditEvent[], grants: readonly Grant[] = [GRANT]) {
  const read: string[] = [];
  const ports: ObservePorts = {
    store: {
      find: async (id) => {
        read.push(id);
        return ok(grants.find((grant) => grant.id === id) ?? null);
      },
    },
    trail: {
      latest: async (grantId, before) => {
        read.push(`${grantId} before ${before}`);
        const all = events.filter((event) => event.grantId === grantId).toReversed();
        const from = Number(before ?? 0);
        const next = from + PAGE < all.length ? String(from + PAGE) : null;
        return ok({ events: all.slice(from, from + PAGE), next });
      },
      ofPrincipal: async ({ id }) => {
        read.push(id);
        return ok(id === SUSPENDED.id ? SUSPENDED : null);
      },
    },
  };
  return { ports, read };
}

async function observedIn({ ports }: ReturnType<typeof world>, notices: readonly Notice[]) {
  const observed = await readObserved(ports, notices);
  if (!observed.ok) throw new Error('not read');
  return observed.value;
}

describe('what notices tell of', () => {
  const trail = [1, 2, 3, 4].map((second) => eventAt(second));

  test('comes in the order of time, whatever the order of the notices', async () => {
    const notices = [OF_PRINCIPAL, ...trail.map(noticeOf).toReversed()];
    const observed = await observedIn(world(trail), notices);
    expect(observed.map(({ event }) => event.id)).toEqual(['ev_1', 'ev_p', 'ev_2', 'ev_3', 'ev_4']);
  });

  test('comes in the order of its trail where times are the same', async () => {
    const same = ['a', 'b', 'c'].map((id) => eventAt(1, { id }));
    const observed = await observedIn(world(same), same.map(noticeOf).toReversed());
    expect(observed.map(({ event }) => event.id)).toEqual(['a', 'b', 'c']);
  });

  test('comes with the grant as it is now, and of a principal without one', async () => {
    const [first] = trail;
    if (first === undefined) throw new Error('no event');
    const observed = await observedIn(world(trail), [noticeOf(first), OF_PRINCIPAL]);
    expect(observed).toStrictEqual([
      { event: first, grant: GRANT, breaksGlass: false },
      { event: SUSPENDED, grant: null },
    ]);
  });

  test('comes once, and is read once, where a batch has a notice twice', async () => {
    const of = world(trail);
    const notices = [...trail.map(noticeOf), ...trail.map(noticeOf), OF_PRINCIPAL, OF_PRINCIPAL];
    expect(await observedIn(of, notices)).toHaveLength(5);
    expect(of.read).toEqual(['gr_1', 'gr_1 before null', 'gr_1 before 2', 'ev_p']);
  });

  test('is nothing that the trail does not have', async () => {
    const strangers: Notice[] = [
      { id: 'ev_x', at: NOW, grantId: GRANT.id },
      { id: 'ev_1', at: NOW, grantId: 'gr_none' },
      { id: 'ev_y', at: NOW, principalId: 'people:eve' },
    ];
    const of = world(trail);
    expect(await observedIn(of, strangers)).toEqual([]);
    expect(of.read).not.toContain('gr_none before null');
  });

  test('is read from the end of the trail, as far as it has to be', async () => {
    const of = world(trail);
    await observedIn(
      of,
      [3, 4].map((second) => noticeOf(eventAt(second))),
    );
    expect(of.read).toEqual(['gr_1', 'gr_1 before null']);
  });
});

describe('a break-glass grant', () => {
  const opened = [
    eventAt(1, { status: 'pending' }),
    ...[2, 3, 4].map((second) => eventAt(second)),
    eventAt(5, { status: 'expired' }),
  ];

  test.each([
    [true, 'begins with the first event that leaves it active', ['ev_2']],
    [false, 'is none where the entitlement is an ordinary one', []],
  ])('(%s) %s', async (breakGlass, _, begun) => {
    const of = world(opened, [{ ...GRANT, breakGlass }]);
    const observed = await observedIn(of, opened.map(noticeOf));
    const breaking = observed.filter((one) => one.grant !== null && one.breaksGlass);
    expect(breaking.map(({ event }) => event.id)).toEqual(begun);
  });

  test('has not begun while it waits for approval', async () => {
    const waiting = eventAt(1, { status: 'pending' });
    const of = world([waiting], [{ ...GRANT, breakGlass: true }]);
    expect(await observedIn(of, [noticeOf(waiting)])).toMatchObject([{ breaksGlass: false }]);
  });

  test('began before a later event, which is not its beginning', async () => {
    const of = world(opened, [{ ...GRANT, breakGlass: true }]);
    const [observed] = await observedIn(of, [noticeOf(eventAt(4))]);
    expect(observed).toMatchObject({ event: { id: 'ev_4' }, breaksGlass: false });
    expect(of.read).toEqual(['gr_1', 'gr_1 before null', 'gr_1 before 2', 'gr_1 before 4']);
  });
});

test('a read that fails is told, so that the notices come again', async () => {
  const trail = [1, 2, 3].map((second) => eventAt(second));
  const notices = [...trail.map(noticeOf), OF_PRINCIPAL];
  const read = (ports: ObservePorts) => readObserved(ports, notices);
  expect(await unheardFailures(() => world(trail).ports, read)).toEqual([]);
});
