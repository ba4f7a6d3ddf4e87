import { expect, test } from '@jest/globals';
import { UsageFold } from '../../../core/usage/fold-usage.ts';
import { MEANING } from '../../../core/usage/meaning-of-records.ts';
import { asPart, GRANT, READING, record, wantedGrant } from './usage-world.ts';

const NOT_AUTHORIZED = 'User: x is not authorized to perform: ';

function usageOf(name: string, missing: string) {
  const fold = new UsageFold(MEANING, [wantedGrant()], READING);
  fold.add(asPart(record({ name, error: 'AccessDenied', errorMessage: NOT_AUTHORIZED + missing })));
  return fold.usageOf(GRANT);
}

test('a job that waits for an object without listing the bucket has called GetObject, with what answer nobody knows', () => {
  const { calls, refused, actions } = usageOf('GetObject', 's3:ListBucket');
  expect({ calls, refused }).toEqual({ calls: 1, refused: 1 });
  expect(actions).toMatchObject([
    { action: 's3:GetObject', calls: 0, refused: 0, resources: [] },
    { action: 's3:ListBucket', calls: 1, refused: 1 },
  ]);
});

test('a refused call of which nobody knows what it needs may have used something', () => {
  const { actions, unmapped } = usageOf('Unheard', 'kms:Decrypt');
  expect(actions).toMatchObject([{ action: 'kms:Decrypt', calls: 1, refused: 1 }]);
  expect(unmapped).toMatchObject([{ name: 'Unheard', calls: 0, refused: 0 }]);
});

test('a refusal by name leaves nothing open', () => {
  expect(usageOf('GetObject', 's3:GetObject').actions).toMatchObject([
    { action: 's3:GetObject', calls: 1, refused: 1 },
  ]);
});
