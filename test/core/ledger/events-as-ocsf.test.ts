import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import { type DeliveryPorts, eventsAsOcsf } from '../../../core/ledger/events-as-ocsf.ts';
import type { Notice } from '../../../core/ledger/record-events.ts';
import { toOcsf } from '../../../core/ocsf/to-ocsf.ts';
import { ok } from '../../../core/result.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const GRANT = activeGrant({ id: 'gr_1' });
const PAGE = 2;

const TRAIL = [1, 2, 3].map(
  (second): AuditEvent => ({
    ...{ id: `ev_${second}`, grantId: GRANT.id, entitlement: 'read', status: 'active' },
    ...{ at: NOW + second * 1000, actor: 'broker', requestId: 'r', sourceIp: null },
    type: 'started',
  }),
);
const SUSPENDED: PrincipalEvent = {
  ...{ id: 'ev_p', principalId: 'people:eve', type: 'principal-suspended', at: NOW },
  ...{ actor: 'broker', requestId: 'r', sourceIp: null, reason: '' },
};
const noticeOf = ({ id, at, grantId }: AuditEvent): Notice => ({ id, at, grantId });
const OF_EVE: Notice = { id: 'ev_p', at: NOW, principalId: 'people:eve' };

function portsOf(read: string[] = []): DeliveryPorts {
  return {
    store: {
      find: async (id) => {
        read.push(id);
        return ok(id === GRANT.id ? GRANT : null);
      },
    },
    trail: {
      latest: async (grantId, before) => {
        read.push(`${grantId} before ${before}`);
        const from = Number(before ?? 0);
        const next = from + PAGE < TRAIL.length ? String(from + PAGE) : null;
        return ok({ events: TRAIL.toReversed().slice(from, from + PAGE), next });
      },
      ofPrincipal: async ({ id }) => ok(id === SUSPENDED.id ? SUSPENDED : null),
    },
  };
}

describe('events in OCSF', () => {
  const options = { version: '1.9.0', ledger: null } as const;

  test('are in the order of the notices, as the trail has them, and null where it has none', async () => {
    const notices: (Notice | null)[] = [
      OF_EVE,
      ...TRAIL.toReversed().map(noticeOf),
      null,
      { ...OF_EVE, id: 'ev_x' },
      { id: 'ev_x', at: NOW, grantId: GRANT.id },
      { id: 'ev_1', at: NOW, grantId: 'gr_none' },
    ];
    expect(await eventsAsOcsf(portsOf(), notices, '1.9.0')).toStrictEqual(
      ok([
        toOcsf(SUSPENDED, options),
        ...TRAIL.toReversed().map((event) =>
          toOcsf(event, { ...options, requester: GRANT.requester }),
        ),
        ...[null, null, null, null],
      ]),
    );
  });

  test('of one grant are read once, and so is a grant that there is not', async () => {
    const read: string[] = [];
    const none = { id: 'ev_1', at: NOW, grantId: 'gr_none' };
    await eventsAsOcsf(portsOf(read), [...TRAIL.map(noticeOf), none, none], '1.5.0');
    expect(read).toEqual(['gr_1', 'gr_1 before null', 'gr_1 before 2', 'gr_none']);
  });

  test('fail with any read that fails, so that the notices come again', async () => {
    const notices = [OF_EVE, ...TRAIL.map(noticeOf)];
    const make = (ports: DeliveryPorts) => eventsAsOcsf(ports, notices, '1.9.0');
    expect(await unheardFailures(() => portsOf(), make)).toEqual([]);
  });
});
