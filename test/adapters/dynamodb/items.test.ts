import { expect, test } from '@jest/globals';
import { grantItem, readGrant } from '../../../adapters/dynamodb/items.ts';
import { activeGrant, EXTENSION } from '../../support/sample-grants.ts';

test('a grant is read as it was written, with an extension that waits for votes', () => {
  const grant = activeGrant({ extension: EXTENSION });
  expect(readGrant(grantItem(grant))).toEqual(grant);
});

test('a grant that an earlier version wrote has no extension', () => {
  const grant = activeGrant();
  const { extension: _, ...item } = grantItem(grant);
  expect(readGrant(item)).toEqual(grant);
});
