import { expect, test } from '@jest/globals';
import { boundTrails, boundUsage, MOST_BYTES } from '../../../core/usage/bound-usage.ts';
import { activeGrant } from '../../support/sample-grants.ts';
import { actionUse, grantUsage, keptUsage } from '../../support/sample-usage.ts';

const grant = activeGrant();
const resources = Array.from({ length: 20 }, (_, index) => ({
  ...{ resource: `arn:aws:s3:::acme/${'x'.repeat(200)}/${index}`, calls: index, refused: 0 },
}));
const usageOf = (actions: number) =>
  grantUsage(grant, {
    actions: Array.from({ length: actions }, (_, index) =>
      actionUse(`s3:Action${index}`, { resources, otherResources: 5 }),
    ),
  });

test('what is short is kept as it is', () => {
  const usage = usageOf(3);
  expect(boundUsage(usage)).toEqual(usage);
});

test('what is long names fewer resources, the busiest, and counts the others', () => {
  const bounded = boundUsage(usageOf(60));
  expect(JSON.stringify(bounded).length).toBeLessThanOrEqual(MOST_BYTES);
  const [first] = bounded.actions;
  expect(first?.resources.length).toBeGreaterThan(0);
  expect(first?.resources[0]?.calls).toBe(19);
  expect((first?.resources.length ?? 0) + (first?.otherResources ?? 0)).toBe(25);
});

test('a usage of exactly the most bytes is kept whole, and one more byte is too many', () => {
  const usage = usageOf(15);
  const principal = (bytes: number) => {
    const left = bytes - Buffer.byteLength(JSON.stringify({ ...usage, principal: '' }));
    // Bytes, not characters: this one has two.
    return `${'ä'.repeat(Math.floor(left / 2))}${'x'.repeat(left % 2)}`;
  };
  const exact = { ...usage, principal: principal(MOST_BYTES) };
  expect(boundUsage(exact)).toEqual(exact);
  const longer = boundUsage({ ...usage, principal: principal(MOST_BYTES + 1) });
  expect(longer.actions[0]?.resources).toHaveLength(10);
});

test('what was refused keeps half of the places, because few calls are', () => {
  const refused = resources.map((one, index) => (index < 12 ? { ...one, refused: index } : one));
  const usage = usageOf(60);
  const bounded = boundUsage({
    ...usage,
    actions: usage.actions.map((one) => ({ ...one, resources: refused })),
  });
  expect(bounded.actions[0]?.resources.map(({ calls }) => calls)).toEqual([19, 18, 17, 11, 10]);
  expect(bounded.actions[0]?.otherResources).toBe(20);
});

test.each([
  ['none', [], [19, 18, 17, 16, 15]],
  ['the busiest', [19], [19, 18, 17, 16, 15]],
  ['one that is hardly called', [1], [19, 18, 17, 16, 1]],
])(
  'places that no refused resource takes are for the busiest: refused is %s',
  (_, refused, calls) => {
    const some = resources.map((one, index) => ({
      ...one,
      refused: refused.includes(index) ? 1 : 0,
    }));
    const usage = usageOf(60);
    const actions = usage.actions.map((one) => ({ ...one, resources: some }));
    const [first] = boundUsage({ ...usage, actions }).actions;
    expect(first?.resources.map((one) => one.calls)).toEqual(calls);
  },
);

test('no action is ever left out, because it would count as unused', () => {
  const bounded = boundUsage(usageOf(2000));
  expect(bounded.actions).toHaveLength(2000);
  expect(bounded.actions.every((action) => action.resources.length === 0)).toBe(true);
  expect(bounded.actions[0]?.otherResources).toBe(25);
});

test('settings of trails that are too long count as not read', () => {
  const [trail] = keptUsage(grant).logs.trails ?? [];
  if (trail === undefined) throw new Error('no trail');
  expect(boundTrails([trail])).toEqual([trail]);
  const prefixes = Array.from({ length: 250 }, () => `arn:aws:s3:::${'x'.repeat(100)}`);
  const data = [{ type: 'AWS::S3::Object', prefixes, which: 'all' as const }];
  expect(boundTrails([{ ...trail, data }])).toBeNull();
  expect(boundTrails(null)).toBeNull();
  const named = (bytes: number) => {
    const left = bytes - JSON.stringify([{ ...trail, name: '' }]).length;
    return [{ ...trail, name: 'x'.repeat(left) }];
  };
  expect(boundTrails(named(20_000))).toEqual(named(20_000));
  expect(boundTrails(named(20_001))).toBeNull();
});
