import { describe, expect, test } from '@jest/globals';
import { brokerItself } from '../../../core/audit.ts';
import { type BrokerChange, writeChange } from '../../../core/grants/write-change.ts';
import type { GrantUpdate, UpdateRefusal } from '../../../core/ports.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { grantOf } from '../../support/sample-grants.ts';

const before = grantOf(ANA.principal);
const grant = { ...before, version: 2, status: 'expired' as const };
const CHANGE: BrokerChange = {
  before,
  grant,
  happening: { type: 'expired' },
  by: brokerItself('execution-1'),
  at: NOW,
};

function writing(change: BrokerChange, answer: Result<null, UpdateRefusal> = ok(null)) {
  const writes: GrantUpdate[] = [];
  const update = async (write: GrantUpdate) => {
    writes.push(write);
    return answer;
  };
  const random = (length: number) => new Uint8Array(length);
  return { writes, written: writeChange({ store: { update }, random }, change) };
}

describe('a change that the broker makes', () => {
  test('is written with its event, and needs no key and nobody unsuspended', async () => {
    const { writes, written } = writing(CHANGE);
    expect(await written).toEqual(ok(grant));
    const event = {
      id: `ev_${'0'.repeat(20)}`,
      type: 'expired',
      grantId: grant.id,
      entitlement: 'read',
      status: 'expired',
      grantVersion: 2,
      at: NOW,
      actor: 'broker',
      requestId: 'execution-1',
      sourceIp: null,
    };
    expect(writes).toEqual([
      { before, grant, events: [event], idempotency: null, unsuspended: [] },
    ]);
  });

  test('leaves no line in the audit trail where nothing happened that belongs there', async () => {
    const { writes, written } = writing({ ...CHANGE, happening: null });
    expect(await written).toEqual(ok(grant));
    expect(writes).toMatchObject([{ events: [] }]);
  });

  test('fails when the store is unavailable', async () => {
    expect(await writing(CHANGE, err(NO_STORE)).written).toEqual(err(NO_STORE));
  });

  test.each<UpdateRefusal>([
    { code: 'conflict' },
    { code: 'suspended' },
    { code: 'key-reused' },
    { code: 'repeated', grantId: grant.id },
  ])('meets a conflict when the store refuses it as $code', async (refusal) => {
    expect(await writing(CHANGE, err(refusal)).written).toEqual(err({ code: 'conflict' }));
  });
});
