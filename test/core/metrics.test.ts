import { expect, test } from '@jest/globals';
import type { AuditEvent, Happening, RequestedEvent } from '../../core/audit.ts';
import { METRICS, measuresOfEvent } from '../../core/metrics.ts';
import { activeGrant, requestedEvent } from '../support/sample-grants.ts';

const request = requestedEvent(activeGrant({ breakGlass: true })) as RequestedEvent;
const of = (happening: Happening): AuditEvent => ({ ...request, ...happening }) as AuditEvent;

test('an end that was read back says how long it took', () => {
  const revoked = { type: 'revoked', reason: 'left' } as const;
  expect(measuresOfEvent(of({ ...revoked, killSeconds: 3 }))).toEqual([
    { metric: 'KillSeconds', value: 3 },
  ]);
  // Nothing was vended, so there was nothing to deny.
  expect(measuresOfEvent(of({ ...revoked, killSeconds: null }))).toEqual([]);
});

test('a deny that could not be written, and keys that ran out before it was, are counted', () => {
  const failed = { type: 'kill-failed', role: 'r', reason: 'AccessDenied' } as const;
  expect(measuresOfEvent(of(failed))).toEqual([{ metric: 'KillFailures', value: 1 }]);
  expect(measuresOfEvent(of({ type: 'outlived', reason: '' }))).toEqual([
    { metric: 'KeysOutlived', value: 1 },
  ]);
});

test('break-glass is counted where it was allowed', () => {
  const allowed = { ...request, breakGlass: true };
  expect(measuresOfEvent(allowed)).toEqual([{ metric: 'BreakGlass', value: 1 }]);
  const denied = { ...allowed, decision: { ...allowed.decision, outcome: 'deny' as const } };
  expect(measuresOfEvent(denied)).toEqual([]);
  expect(measuresOfEvent({ ...allowed, breakGlass: false })).toEqual([]);
});

test('other events are no figures', () => {
  expect(measuresOfEvent(of({ type: 'expired' }))).toEqual([]);
});

test('no dimension is an id', () => {
  const dimensions = new Set(Object.values(METRICS).map(({ by }) => by));
  expect([...dimensions].toSorted()).toEqual(['kind', 'limit', null, 'outcome', 'reason', 'why']);
});
