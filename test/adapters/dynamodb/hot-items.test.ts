import { describe, expect, test } from '@jest/globals';
import {
  createParts,
  denialParts,
  updateParts,
  vendParts,
} from '../../../adapters/dynamodb/grant-parts.ts';
import { finishParts, orderParts } from '../../../adapters/dynamodb/order-parts.ts';
import type { Part } from '../../../adapters/dynamodb/transaction.ts';
import { nextHead } from '../../../core/gates.ts';
import type { ActiveGrant } from '../../../core/grant.ts';
import { revoke } from '../../../core/lifecycle/end.ts';
import { type Counted, minuteOf } from '../../../core/limits.ts';
import { keysOf } from '../../simulation/transactions.ts';
import { activeGrant, NOW, ROLE, requestedEvent } from '../../support/sample-grants.ts';
import { orderOf } from '../../support/sample-orders.ts';

/**
 * The items that two transactions share although they have nothing to do with each other: DynamoDB cancels
 * one of two that overlap. Only the gates and counters may be among them, which each attempt chooses anew.
 */

const CHAINED = `${ROLE}-chained`;
const requester = { type: 'User', id: 'people:ana', name: 'ana' } as const;
let keys = 0;
const keyOf = () => ({ principal: 'people:ana', key: `k-${++keys}`, fingerprint: 'f' });
const grantOf = (): ActiveGrant =>
  activeGrant({ requester, targetRole: ROLE, chainedRoles: [CHAINED] }) as ActiveGrant;

/** A workload's: jobs run in parallel. */
const REQUESTS: Counted = { limit: 'requestsPerMinute', of: 'people:ana', most: 1200 };
const vendsUnder = ({ id }: ActiveGrant): Counted => ({
  limit: 'vendsPerMinute',
  of: id,
  most: 60,
});

const create = (gate: number) => {
  const grant = grantOf();
  const write = { grant, events: [requestedEvent(grant)], idempotency: keyOf() };
  const limits = { killSwitchPercent: 80, counted: [REQUESTS] };
  return createParts('t', { ...write, vendsOn: [ROLE, CHAINED], ...limits }, NOW, gate);
};
const vend = (gate: number) => {
  const grant = grantOf();
  const write = { grant, begins: true, event: requestedEvent(grant), idempotency: keyOf() };
  return vendParts(
    't',
    {
      ...{ ...write, vendsOn: [ROLE, CHAINED], counted: [vendsUnder(grant)], now: NOW },
      killSwitchPercent: 80,
    },
    gate,
  );
};
/** An ending by somebody else, while the requester and a voter may not be suspended. */
const update = (gate: number) => {
  const grant = grantOf();
  const ended = revoke({ ...grant, keysValidUntil: NOW + 60_000 }, 'x', NOW);
  if (!ended.ok) throw new Error('not revoked');
  const write = { before: grant, grant: ended.value.grant, events: [requestedEvent(grant)] };
  const unsuspended = ['people:ana', 'people:bo'];
  return updateParts('t', { ...write, idempotency: keyOf(), unsuspended }, NOW, gate);
};
const deny = () => {
  const grant = grantOf();
  const { decision } = grant;
  return denialParts('t', { event: requestedEvent(grant), decision, idempotency: keyOf() }, NOW);
};
/** An order of the same person about somebody else. */
const order = (gate: number) => {
  const idempotency = keyOf();
  const open = { ...orderOf(`people:${idempotency.key}`), idempotency };
  const head = nextHead({ head: null, gates: new Map() }, true, null);
  const write = { order: open.order, before: null, result: open.result, open: true };
  const given = { ...write, idempotency, unsuspended: 'people:ana' };
  return [...orderParts('t', given, head, gate), ...finishParts('t', open, NOW)];
};

const shared = (a: readonly Part<unknown>[], b: readonly Part<unknown>[]): readonly string[] => {
  const theirs = keysOf(b);
  return keysOf(a).filter((key) => theirs.includes(key));
};

const SORTS: readonly [string, (gate: number) => readonly Part<unknown>[]][] = [
  ['a request with a vend', create],
  ['a vend under a grant', vend],
  ['a change of a grant', update],
  ['a denial', deny],
  ['an order about somebody else', order],
];

describe.each(SORTS)('%s of one principal on one role', (_, first) => {
  test.each(SORTS)('shares no item with %s that checks another gate', (__, second) => {
    expect(shared(first(3), second(5))).toEqual([]);
  });
});

test('two vends of one principal on one role share the gates and a counter, if they chose the same, and nothing else', () => {
  const gates = [
    'PRINCIPAL#people:ana SUSPENSION#07',
    `ROLE#${ROLE} FREEZE#07`,
    `ROLE#${CHAINED} FREEZE#07`,
  ];
  const minute = minuteOf(NOW);
  expect(shared(create(7), create(7))).toEqual([
    ...gates,
    `COUNT#people:ana requestsPerMinute#${minute}#7`,
  ]);
  expect(shared(vend(7), vend(7))).toEqual(gates);
  expect(shared(create(7), vend(7))).toEqual(gates);
  expect(shared(vend(7), vend(8))).toEqual([]);
});

test('no request or vend touches the record or the head, which orders and freezes write', () => {
  const touched = [...create(7), ...vend(7), ...update(7), ...deny()];
  for (const key of keysOf(touched)) expect(key).not.toMatch(/(SUSPENSION|FREEZE|HEAD)$/);
});
