import { describe, expect, test } from '@jest/globals';
import { traceIdOf } from '../../core/trace-id.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const XRAY = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

test('the id of the caller is the one to search for', () => {
  expect(traceIdOf(`00-${ID}-${PARENT}-01`, XRAY)).toBe(ID);
  expect(traceIdOf(` 00-${ID}-${PARENT}-01\t`, XRAY)).toBe(ID);
  expect(traceIdOf(`01-${ID}-${PARENT}-01-more`, undefined)).toBe(ID);
});

test('without one it is that of X-Ray, in the form of OpenTelemetry', () => {
  expect(traceIdOf(undefined, XRAY)).toBe('5759e988bd862e3fe1be46a994272793');
  expect(traceIdOf(undefined, `Self=1-0-0;${XRAY}`)).toBe('5759e988bd862e3fe1be46a994272793');
});

describe('what is none is not taken:', () => {
  test.each([
    '',
    ID,
    `ff-${ID}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${ID}-${'0'.repeat(16)}-01`,
    `00-${ID.toUpperCase()}-${PARENT}-01`,
    `00-${ID}-${PARENT}`,
    `00-${ID}-${PARENT}-01-more`,
    `00-${ID}-${PARENT}-01,00-${ID}-${PARENT}-01`,
    `00-${ID}-${PARENT}-01"}\n{"level":"ERROR"`,
  ])('%j', (traceparent) => {
    expect(traceIdOf(traceparent, undefined)).toBeNull();
    expect(traceIdOf(traceparent, XRAY)).toBe('5759e988bd862e3fe1be46a994272793');
  });

  test.each([
    '',
    'Root=2-5759e988-bd862e3fe1be46a994272793',
    'Root=1-5759e988-bd862e3f',
    `Root=1-${'0'.repeat(8)}-${'0'.repeat(24)}`,
  ])('of X-Ray, %j', (xray) => expect(traceIdOf(undefined, xray)).toBeNull());
});
