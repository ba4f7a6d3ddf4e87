import { expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { recordExport } from '../../../core/ledger/record-export.ts';
import { err } from '../../../core/result.ts';
import { GOVERNED } from '../../support/authorities.ts';
import { ANA, AUDITOR, callOf, NOW, world } from '../../support/memory-ports.ts';

const WHAT = {
  ...{ from: '2026-11-01T00:00:00Z', until: '2026-11-20T00:00:00Z' },
  ...{ size: 12, root: 'cm9vdA==', manifest: 'ab12' },
};

function records(written = true) {
  const events: PrincipalEvent[] = [];
  const append = async (event: PrincipalEvent) => {
    if (written) events.push(event);
    return written;
  };
  return { events, ports: { ...world(GOVERNED).ports, append } };
}

test('an export is an event of whoever made it', async () => {
  const { events, ports } = records();
  const recorded = await recordExport(ports, callOf(AUDITOR), WHAT);
  const { type, id, name } = AUDITOR.principal;
  expect(events).toEqual([
    {
      ...{ id: expect.any(String), principalId: id, type: 'evidence-exported', at: NOW },
      ...{ actor: { type, id, name }, requestId: expect.any(String) },
      ...{ sourceIp: callOf(AUDITOR).sourceIp, reason: '', ...WHAT },
    },
  ]);
  expect(recorded).toEqual({ ok: true, value: events[0] });
});

test('whoever may not audit leaves no record of an export', async () => {
  const { events, ports } = records();
  const recorded = await recordExport(ports, callOf(ANA), WHAT);
  expect(recorded).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect(events).toEqual([]);
});

test('an export that cannot be recorded says so', async () => {
  const { ports } = records(false);
  const recorded = await recordExport(ports, callOf(AUDITOR), WHAT);
  expect(recorded).toEqual(err({ code: 'unavailable', what: 'store' }));
});
