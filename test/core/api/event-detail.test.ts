import { describe, expect, test } from '@jest/globals';
import { detailTypeOf, EVENT_SOURCE, eventDetail } from '../../../core/api/event-detail.ts';
import { EVENT_SCHEMAS } from '../../../core/api/event-schemas.ts';
import { PRINCIPAL_EVENT_TYPES, type PrincipalEvent } from '../../../core/audit.ts';
import { activeGrant, expiredEvent, NOW, requestedEvent } from '../../support/sample-grants.ts';

test('an event is published without what the engine saw and where the caller was', () => {
  const grant = activeGrant();
  const { inputs, sourceIp, ...event } = requestedEvent(grant) as unknown as Record<
    string,
    unknown
  >;
  expect(inputs).toBeDefined();
  expect(sourceIp).toBe('127.0.0.1');
  expect(eventDetail(requestedEvent(grant))).toEqual({
    ...event,
    id: expect.stringMatching(/^ev_/),
    version: 1,
    at: new Date(NOW).toISOString(),
    startsAt: new Date(NOW).toISOString(),
  });
});

describe('the trace of the call that caused an event', () => {
  const event = { ...requestedEvent(activeGrant()), traceId: '4bf92f3577b34da6a3ce929d0e0e4736' };
  const errorsOf = (traceId: unknown) =>
    EVENT_SCHEMAS.requested.safeParse({ ...eventDetail(event), traceId }).error?.issues;

  test('is published', () => {
    expect(eventDetail(event)).toMatchObject({ traceId: event.traceId });
    expect(errorsOf(event.traceId)).toBeUndefined();
  });

  test('is an id of W3C Trace Context, or not there', () => {
    const { traceId: _, ...without } = eventDetail(event);
    expect(EVENT_SCHEMAS.requested.safeParse(without).success).toBe(true);
    for (const none of ['', null, '0'.repeat(32), 'F'.repeat(32)]) {
      expect(errorsOf(none)).toMatchObject([{ path: ['traceId'] }]);
    }
  });
});

test('an event has a source and a type of its own on the bus', () => {
  expect(EVENT_SOURCE).toBe('valetkey');
  expect(detailTypeOf(expiredEvent(activeGrant()))).toBe('valetkey.grant.expired');
});

const SUSPENDED: PrincipalEvent = {
  ...{ id: 'ev_1', principalId: 'people:ana', type: 'principal-suspended', at: NOW },
  actor: { type: 'User', id: 'people:zoe', name: 'zoe' },
  ...{ requestId: 'r-1', sourceIp: '203.0.113.7', reason: 'laptop lost' },
};

const MORE: Readonly<Record<string, object>> = {
  'quarantine-begun': { cause: 'order' },
  'broker-recovered': {
    ...{ restoredTo: NOW, ledger: true, madeAgain: 1, changed: 2, ended: 0 },
    ...{ suspended: 0, resumed: 0, lookAt: 0 },
  },
  'principal-refused': { call: 'POST /v1/grants/gr_1/approve', problem: 'forbidden' },
  'bundle-deployed': { bundle: 'sha256:1', file: 'bundle/1.json', changes: ['policy p added'] },
  'signal-raised': {
    ...{ kind: 'many-denials', count: 3 },
    principal: { type: 'User', id: 'people:ana', name: 'ana' },
  },
  'evidence-exported': {
    ...{ from: '2026-10-01T00:00:00Z', until: '2026-11-01T00:00:00Z' },
    ...{ size: 12, root: 'cm9vdA==', manifest: 'ab12' },
  },
  'access-review-started': {
    ...{ reviewId: 'ar_1', step: 1, from: '2026-07-01', to: '2026-09-30', entitlements: null },
    ...{ items: 2, listHash: 'sha256:2', bundle: 'sha256:1', file: 'bundle/1.json' },
    checkpoint: { size: 9, root: 'AAAA' },
  },
  'access-review-decided': {
    ...{ reviewId: 'ar_1', step: 2 },
    decisions: [
      {
        ...{ item: 1, entitlement: 'read', principal: null, policies: ['p'] },
        ...{ decision: 'keep', reason: 'needed' },
      },
    ],
  },
  'access-review-signed': { reviewId: 'ar_1', step: 3, listHash: 'sha256:2', keep: 1, remove: 1 },
};

test.each(PRINCIPAL_EVENT_TYPES)('an event of a principal is published: %s', (type) => {
  const refused = MORE[type] ?? {};
  const detail = eventDetail({ ...SUSPENDED, type, ...refused } as PrincipalEvent);
  expect(detail).toEqual({
    ...{ version: 1, id: 'ev_1', type, principalId: 'people:ana', requestId: 'r-1' },
    ...{ at: new Date(NOW).toISOString(), actor: SUSPENDED.actor, reason: 'laptop lost' },
    ...refused,
    ...('restoredTo' in refused && { restoredTo: new Date(NOW).toISOString() }),
  });
  expect(EVENT_SCHEMAS[type].safeParse(detail).error?.issues).toBeUndefined();
});

test('an event of a principal has a type on the bus that tells it from those of grants', () => {
  expect(detailTypeOf(SUSPENDED)).toBe('valetkey.principal.suspended');
  expect(detailTypeOf({ type: 'access-review-signed' })).toBe('valetkey.access-review.signed');
});
