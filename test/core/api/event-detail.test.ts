import { expect, test } from '@jest/globals';
import { detailTypeOf, EVENT_SOURCE, eventDetail } from '../../../core/api/event-detail.ts';
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
  });
});

test('an event has a source and a type of its own on the bus', () => {
  expect(EVENT_SOURCE).toBe('valetkey');
  expect(detailTypeOf(expiredEvent(activeGrant()))).toBe('valetkey.grant.expired');
});
