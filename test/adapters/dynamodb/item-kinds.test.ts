import { readFileSync } from 'node:fs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import { kindOf, restoredItem } from '../../../adapters/dynamodb/item-kinds.ts';
import { eventItem, grantItem } from '../../../adapters/dynamodb/items.ts';
import { EMPTY_TREE } from '../../../core/ledger/merkle.ts';
import { activeGrant, requestedEvent } from '../../support/sample-grants.ts';

/** The keys in the table at the top of the page, with something for each placeholder. */
const SCHEMA = readFileSync('docs/storage-schema.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| [a-z]/i.test(line) && line.includes('`'))
  .map((line) => line.split('|').slice(2, 4))
  .filter(([pk = '']) => /`[A-Z]/.test(pk))
  .flatMap(([pk = '', sk = '']) =>
    codesIn(pk).flatMap((first) => codesIn(sk).map((second) => [first, second] as const)),
  );

function codesIn(cell: string): readonly string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code.replace(/<[^>]+>/g, 'x1'));
}

test('every key of the storage schema is known', () => {
  expect(SCHEMA.length).toBeGreaterThan(45);
  const unknown = SCHEMA.filter(([pk, sk]) => kindOf(pk, sk) === null);
  expect(unknown).toEqual([]);
});

const grant = activeGrant();
const event = requestedEvent(grant);
const PLACE = { pk: 'LEDGER#ev_1', sk: 'PLACE', place: 1 };
const ROW = { pk: 'ROLE#arn:x', sk: `DENY#${grant.id}`, at: 1, until: 2, principalKey: 'p-1' };

test('items are read as the broker reads them', () => {
  const [kinds, denied, head] = [
    [grantItem(grant), eventItem(event), marshall(PLACE)].map(restoredItem),
    restoredItem(marshall(ROW)),
    restoredItem(marshall({ pk: 'LEDGER', sk: 'HEAD', ...EMPTY_TREE })),
  ];
  expect(kinds).toEqual([{ kind: 'grant' }, { kind: 'event' }, { kind: 'place' }]);
  expect(denied).toEqual({
    ...{ kind: 'deny', role: 'arn:x' },
    deny: { grantId: grant.id, at: 1, until: 2, principalKey: 'p-1', begins: true },
  });
  expect(head).toEqual({ kind: 'head', tree: EMPTY_TREE });
});

test.each([
  ['grant', { ...grantItem(grant), status: { S: 'odd' } }],
  ['event', { ...eventItem(event), type: { N: '1' } }],
  ['deny', marshall({ ...ROW, until: 'later' })],
  ['head', marshall({ pk: 'LEDGER', sk: 'HEAD', size: 3, subtrees: [] })],
])('a damaged item of the kind %s is told, without its id', (kind, item) => {
  expect(restoredItem(item)).toEqual({ kind: 'damaged', what: `an item of the kind ${kind}` });
});

test.each([
  ['PRINCIPAL#people:ana', 'SECRET#people:zoe', 'the key PRINCIPAL#… SECRET#…'],
  ['people:ana', 'GRANT', 'the key ? GRANT'],
  ['GRANT#gr_1', '', 'the key GRANT#… ?'],
])('a key that nobody writes, %s %s, is told by its words alone', (pk, sk, what) => {
  expect(restoredItem(marshall({ pk, sk }))).toEqual({ kind: 'unknown', what });
});
