import { describe, expect, test } from '@jest/globals';
import { readLine } from '../../../core/evidence/ledger-line.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import { readEntry } from '../../../core/recovery/read-entry.ts';
import { usageReadEvent } from '../../../core/usage/usage-event.ts';
import type { GrantUsage } from '../../../core/usage.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const GRANT = activeGrant({ status: 'expired', version: 4 });
const [FROM, UNTIL] = [NOW - 3_600_000, NOW - 900_000];

const USAGE: GrantUsage = {
  ...{ grantId: GRANT.id, entitlement: GRANT.entitlement, principal: GRANT.requester.id },
  ...{ vends: 1, calls: 40, refused: 6, first: FROM, last: UNTIL, actions: [], unmapped: [] },
  traits: {
    ...{ networks: [{ network: '192.0.2.0/24', calls: 40, refused: 6 }], agents: [], chained: [] },
    ...{ afterEnd: { calls: 5, refused: 3, last: UNTIL }, refusedBurst: 2 },
  },
  read: {
    ...{ source: 'files', from: FROM, until: UNTIL, files: 3, records: 900, bytes: 70_000 },
    ...{ unreadable: 0, duplicates: 1 },
  },
};
const SUMMARY = { used: 3, granted: 10, unknown: 2 };
const BASIS = { id: 'ev_1', at: NOW, requestId: 'r-1' };
const EVENT = usageReadEvent(GRANT, USAGE, SUMMARY, BASIS);

describe('the usage of a grant in its trail', () => {
  test('is numbers, of the grant as it is, by the broker', () => {
    expect(EVENT).toEqual({
      ...{ ...BASIS, type: 'usage-read', actor: 'broker', sourceIp: null },
      ...{ grantId: GRANT.id, entitlement: GRANT.entitlement },
      ...{ status: 'expired', grantVersion: 4, ...SUMMARY, calls: 40, refused: 6 },
      // Those that were refused after the end are as they should be.
      ...{ afterEnd: 2, readFrom: FROM, readUntil: UNTIL },
    });
  });

  test('stands in the ledger whole, and comes back from it as it was', () => {
    const { bytes } = entryOf(EVENT, 'events');
    expect(readLine(bytes)).toMatchObject({
      value: { line: { afterEnd: 2, readFrom: new Date(FROM).toISOString() } },
    });
    expect(readEntry(bytes)).toMatchObject({ ok: true, value: EVENT });
  });
});
