import { expect, test } from '@jest/globals';
import { readSource, sourceFiles, withoutComments } from '../support/source-files.ts';

/** A place beyond the head counts as none: so only one function reads the rows, and no other code knows their key. */
test('places of the ledger are read where the head is read with them, and nowhere else', () => {
  const files = sourceFiles().filter((file) =>
    withoutComments(readSource(file)).includes('ledgerPlaceKey'),
  );
  expect(files.toSorted()).toEqual([
    'adapters/dynamodb/ledger-keys.ts',
    'adapters/dynamodb/ledger-reads.ts',
    'adapters/dynamodb/ledger-store.ts',
  ]);
  const reads = withoutComments(readSource('adapters/dynamodb/ledger-reads.ts'));
  expect(reads.split('placeIn(').length - 1).toBe(2);
  expect(reads).toContain('return placesBelow(');
});
