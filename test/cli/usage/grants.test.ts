import { expect, test } from '@jest/globals';
import { grantsOf, settled, windowOf } from '../../../cli/usage/grants.ts';
import { usedGrant } from '../../core/usage/usage-bench.ts';
import { fakeBroker } from '../fake-broker.ts';
import { grantAnswers, idOf, NOW } from './fakes.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const asked = {
  ...{ id: idOf(0), entitlement: 'read', principal: 'people:ana', name: 'Ana', parameters: {} },
  ...{ from: NOW - DAY, until: null, keysUntil: NOW },
};
const [a, b, c, d] = grantAnswers('read', 4) as [Answer, Answer, Answer, Answer];
type Answer = ReturnType<typeof grantAnswers>[number];

function brokerWith(...pages: readonly (readonly object[])[]) {
  let page = -1;
  return fakeBroker(() => {
    page += 1;
    return { grants: pages[page], nextCursor: page < pages.length - 1 ? `c${page}` : null };
  });
}

test('the grants of an entitlement come from all pages, oldest first, without those that never began', async () => {
  const pending = { ...a, id: idOf(9), status: 'pending', startsAt: null, endedAt: null };
  const { broker } = brokerWith([pending, a, b], [c, d]);
  const found = await grantsOf(broker, 'read', 30, NOW);
  expect(found.map(({ id }) => id)).toEqual([d, c, b, a].map(({ id }) => id));
});

test('the grants of earlier days are left out, and pages far beyond are not asked for', async () => {
  const old = { ...d, createdAt: new Date(NOW - 80 * DAY).toISOString() };
  const older = { ...old, startsAt: old.createdAt };
  const { broker, calls } = brokerWith([a, b], [older], [c]);
  const found = await grantsOf(broker, 'read', 5, NOW);
  expect(found.map(({ id }) => id)).toEqual([a.id]);
  expect(calls).toHaveLength(2);
});

test('a grant that is active has no end yet, and is read until now', async () => {
  const active = { ...a, status: 'active', endedAt: null };
  const { broker } = brokerWith([active]);
  const found = await grantsOf(broker, 'read', 30, NOW);
  expect(found).toMatchObject([{ until: null }]);
  expect(windowOf(found, NOW)).toMatchObject({ until: NOW });
});

test('the logs are read from before the first vend until they should have the last call', () => {
  const grant = { ...asked, from: NOW - 2 * DAY, until: NOW - DAY };
  expect(windowOf([grant], NOW)).toMatchObject({
    ...{ from: NOW - 2 * DAY - 5 * 60_000, until: NOW - DAY + HOUR },
  });
});

test('a grant that ended less than an hour before the reading did has no end yet', () => {
  const usageUntil = (until: number) => {
    const { usage } = usedGrant(0, {});
    return { ...usage, read: { ...usage.read, until } };
  };
  const grant = { ...asked, until: NOW };
  expect(settled(grant, usageUntil(NOW + HOUR))).toEqual(grant);
  expect(settled(grant, usageUntil(NOW + HOUR - 1))).toEqual({ ...grant, until: null });
});
