import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import { sha256 } from '../../../core/ids.ts';
import { entryOf } from '../../../core/ledger/entry.ts';

const AT = Date.parse('2026-11-24T10:00:00Z');
const denied = (reason: string): AuditEvent => ({
  type: 'denied',
  reason,
  id: 'ev_1',
  grantId: 'gr_1',
  entitlement: 'artifacts-read',
  status: 'denied',
  at: AT,
  actor: { type: 'User', id: 'people:ana', name: 'ana@acme.example' },
  requestId: 'r-1',
  sourceIp: null,
});
const suspended: PrincipalEvent = {
  type: 'principal-suspended',
  id: 'ev_2',
  principalId: 'people:bob',
  at: AT,
  reason: 'laptop lost',
  actor: 'broker',
  requestId: 'r-2',
  sourceIp: null,
};
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('an entry of the log', () => {
  test('is the line of the trail with a version, its keys in order', () => {
    const { id, bytes } = entryOf(denied('not today'), 'events');
    expect(id).toBe('ev_1');
    expect(text(bytes)).toBe(
      '{"actor":{"id":"people:ana","name":"ana@acme.example","type":"User"},' +
        '"at":"2026-11-24T10:00:00Z","entitlement":"artifacts-read","grantId":"gr_1","id":"ev_1",' +
        '"reason":"not today","requestId":"r-1","sourceIp":null,"status":"denied","type":"denied","v":1}',
    );
  });

  test('has the trace of the call that caused it, as the trail does', () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const line = text(entryOf({ ...denied('not today'), traceId }, 'events').bytes);
    expect(line).toContain(`"status":"denied","traceId":"${traceId}","type":"denied"`);
  });

  test.each([
    ['about a grant', denied('not today'), { grantId: 'gr_1', type: 'denied' }],
    ['about a principal', suspended, { principalId: 'people:bob', type: 'principal-suspended' }],
  ])('%s proves the line where the log has digests, and tells nothing else', (_, event, about) => {
    const line = text(entryOf(event, 'events').bytes);
    expect(JSON.parse(text(entryOf(event, 'digests').bytes))).toEqual({
      v: 1,
      id: event.id,
      ...about,
      at: '2026-11-24T10:00:00Z',
      sha256: sha256(line).slice(7),
    });
  });

  test('that is longer than 16 KB has its digest instead', () => {
    const long = entryOf(denied('é'.repeat(9000)), 'events');
    expect(JSON.parse(text(long.bytes))).toMatchObject({ id: 'ev_1', sha256: expect.any(String) });
    expect(text(entryOf(denied('e'.repeat(9000)), 'events').bytes)).toContain('eeee');
    const empty = entryOf(denied(''), 'events').bytes.length;
    const longest = (more: number) => entryOf(denied('e'.repeat(16_384 - empty + more)), 'events');
    expect(longest(0).bytes).toHaveLength(16_384);
    expect(text(longest(1).bytes)).toContain('sha256');
  });
});
