import { expect, test } from '@jest/globals';
import {
  type FoundTable,
  settingsToMake,
  whyUnusable,
} from '../../../core/recovery/table-settings.ts';

const READY: FoundTable = {
  name: 'restored',
  arn: 'arn:aws:dynamodb:eu-central-1:222222222222:table/restored',
  status: 'ACTIVE',
  stream: 'NEW_IMAGE',
  streamArn: 'arn:aws:dynamodb:eu-central-1:222222222222:table/restored/stream/1',
  timeToLive: 'ttl',
  pointInTimeRecovery: true,
  deletionProtection: true,
  keyArn: 'arn:aws:kms:eu-central-1:222222222222:key/1',
  indexes: ['byRequester', 'byDue', 'byStatus', 'byStatusShard'],
  restoredTo: 1795487131085,
};

test('a table as a restore leaves it lacks every setting', () => {
  const restored = {
    ...READY,
    ...{ stream: null, timeToLive: null, pointInTimeRecovery: false, deletionProtection: false },
  };
  expect(settingsToMake(restored)).toEqual([
    'stream',
    'timeToLive',
    'pointInTimeRecovery',
    'deletionProtection',
  ]);
  expect(whyUnusable(restored)).toEqual([]);
});

test('a table that is ready needs nothing', () => {
  expect(settingsToMake(READY)).toEqual([]);
  expect(whyUnusable(READY)).toEqual([]);
});

test.each<[string, Partial<FoundTable>, string]>([
  ['is still restored', { status: 'CREATING' }, 'it is CREATING, not ACTIVE: wait until it is'],
  [
    'lacks an index',
    { indexes: ['byRequester', 'byStatus'] },
    'it lacks the index byDue, byStatusShard: restore it with all its indexes',
  ],
  [
    'has another stream',
    { stream: 'KEYS_ONLY' },
    'its stream has KEYS_ONLY, not NEW_IMAGE: disable that stream first',
  ],
  [
    'deletes by another attribute',
    { timeToLive: 'expires' },
    'it deletes items by expires, not ttl: disable that first',
  ],
  [
    'is encrypted by AWS’s own key',
    { keyArn: null },
    'AWS’s own key encrypts it: restore it with the key of the broker’s table',
  ],
])('a table is refused that %s', (_, found, why) => {
  expect(whyUnusable({ ...READY, ...found })).toEqual([why]);
});

test('a table without the index of the version before is accepted', () => {
  expect(
    whyUnusable({ ...READY, indexes: READY.indexes.filter((one) => one !== 'byStatus') }),
  ).toEqual([]);
});
