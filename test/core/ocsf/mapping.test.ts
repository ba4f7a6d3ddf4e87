import { expect, test } from '@jest/globals';
import { classification } from '../../../core/ocsf/classes.ts';
import { type EventType, MAPPINGS } from '../../../core/ocsf/mapping.ts';
import { EXCEPTIONS, SEVERITIES, severityOf } from '../../../core/ocsf/severity.ts';
import { principalSampleOf, sampleOf } from '../../support/ocsf/one-of-each.ts';
import { factsOf } from '../../support/ocsf/schema-facts.ts';

const TYPES = Object.keys(SEVERITIES) as EventType[];

test('an event has the same status in every version', () => {
  const outcomes = Object.values(MAPPINGS).map((mapping) => TYPES.map((type) => mapping[type][2]));
  expect(new Set(outcomes.map((all) => all.join())).size).toBe(1);
});

test('a class and an activity have their numbers', () => {
  expect(classification(['user_management', 'Remove Roles', 'success'])).toEqual({
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: 3007,
    class_name: 'User Management',
    activity_id: 17,
    activity_name: 'Remove Roles',
    type_uid: 300717,
    type_name: 'User Management: Remove Roles',
  });
  expect(classification(['detection_finding', 'Create', 'new'])).toMatchObject({
    category_uid: 2,
    category_name: 'Findings',
    type_uid: 200401,
  });
});

test('nothing in 1.9.0 is of a class that it deprecates', () => {
  const { classes } = factsOf('1.9.0');
  for (const [name] of Object.values(MAPPINGS['1.9.0'])) expect(classes).toHaveProperty(name);
});

test('keys that work longer than they should, or may, are the only high severity', () => {
  expect(TYPES.filter((type) => SEVERITIES[type] === 'High')).toEqual(['outlived', 'kill-failed']);
  const grave = EXCEPTIONS.filter(({ severity }) => severity === 'High').map(({ when }) => when);
  expect(grave).toEqual([
    '`usage-read`, where calls after the end of the grant were not refused',
    '`signal-raised` of the kind `keys-after-end`',
  ]);
  const severities = [
    severityOf({ ...sampleOf('usage-read'), afterEnd: 1 }),
    severityOf({ ...principalSampleOf('signal-raised'), kind: 'keys-after-end' }),
    severityOf({ ...principalSampleOf('signal-raised'), kind: 'keys-elsewhere' }),
  ];
  expect(severities.map(({ severity }) => severity)).toEqual(['High', 'High', 'Medium']);
});
