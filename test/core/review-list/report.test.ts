import { describe, expect, test } from '@jest/globals';
import type { ReviewItem } from '../../../core/access-review.ts';
import { readDecisions } from '../../../core/review-list/read-decisions.ts';
import { REPORT_COLUMNS, reportText, usageText } from '../../../core/review-list/report.ts';
import { parseCsv } from '../../support/parse-csv.ts';

/** The report, and what people write into it. */

const ana: ReviewItem = {
  ...{ item: 1, entitlement: 'read', members: null, marks: ['people:ana'], could: true },
  principal: { type: 'User', id: 'people:ana', name: '=ana@acme.example' },
  ...{ requests: 3, denials: 1, grants: 2, vends: 5, lastUse: '2026-09-21T07:14:09.000Z' },
  usage: { grants: 2, calls: 40, used: 3, granted: 10, unknown: 1 },
  lines: [
    { policy: 'platform-reads', place: 'policies/read.cedar:3' },
    { policy: 'all-read', place: null },
  ],
};
const { usage: _, ...unread } = ana;
const ben: ReviewItem = {
  ...unread,
  item: 2,
  principal: { type: 'Workload', id: 'github:1/2', name: 'acme/shop' },
  ...{ marks: [], could: false, grants: 0, vends: 1, lines: [] },
};
const group: ReviewItem = {
  ...unread,
  ...{ item: 3, principal: null, members: 'members of group people:ops', marks: [] },
  ...{
    grants: 0,
    vends: 0,
    lastUse: null,
    lines: [{ policy: 'ops', place: 'policies/o.cedar:1' }],
  },
};
const ITEMS = [ana, ben, group];
const undecided = ITEMS.map((item) => ({ item, decided: null }));

/** The report as people filled it in: `[decision, reason]` for each item. */
const filled = (
  said: readonly (readonly [string, string])[],
  delimiter = ',',
  lineBreak = '\r\n',
): string =>
  parseCsv(reportText(undecided))
    .map((cells, at) => (at === 0 ? cells : [...cells.slice(0, -2), ...(said[at - 1] ?? ['', ''])]))
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
    .map((record) => `${record}${lineBreak}`)
    .join('');

test('the report has what was used, who could, and the lines that would have to change', () => {
  const [head, ...rows] = parseCsv(reportText(undecided));
  expect(head).toEqual(REPORT_COLUMNS);
  expect(rows).toEqual([
    [
      ...['1', 'read', 'people:ana', "'=ana@acme.example", 'User', 'yes', 'yes', '2', '5'],
      '2026-09-21T07:14:09.000Z',
      'policy platform-reads (policies/read.cedar:3); policy all-read',
      ...['2', '40', '3', '10', '1', '', ''],
    ],
    [
      ...['2', 'read', 'github:1/2', 'acme/shop', 'Workload', 'no', 'yes', '0', '1'],
      ...['2026-09-21T07:14:09.000Z', 'none: policy permits it no more'],
      ...['', '', '', '', '', '', ''],
    ],
    [
      ...['3', 'read', ''],
      'members of group people:ops, whom the broker does not know by name',
      ...['Policy', 'yes', '', '', '', '', 'policy ops (policies/o.cedar:1)'],
      ...['', '', '', '', '', '', ''],
    ],
  ]);
});

test('new columns moved none that people use: the first stay, and theirs are the last two', () => {
  expect(REPORT_COLUMNS.slice(0, 11).join()).toBe(
    'item,entitlement,principal,name,type,could,used,grants,vends,lastUse,lineToChange',
  );
  expect(REPORT_COLUMNS.slice(-2)).toEqual(['decision', 'reason']);
});

test('used of granted is said with how much was read, and not at all where nothing was', () => {
  expect(usageText(ana)).toBe(
    'at most 3 of 10 actions used in one grant, 1 unknown (grants read: 2 of 2; calls: 40)',
  );
  const usage = { grants: 1, calls: 0, used: 0, granted: 10, unknown: 0 };
  expect(usageText({ ...ana, usage })).toBe(
    'at most 0 of 10 actions used in one grant (grants read: 1 of 2; calls: 0)',
  );
  expect(usageText(ben)).toBeNull();
});

test.each([
  [1, 0, 'yes'],
  [0, 1, 'yes'],
  [0, 0, 'no'],
])('with %i grants and %i vends, access was used: %s', (grants, vends, used) => {
  const [, row] = parseCsv(reportText([{ item: { ...ana, grants, vends }, decided: null }]));
  expect(row?.[REPORT_COLUMNS.indexOf('used')]).toBe(used);
});

describe('decisions are read', () => {
  const said = [
    ['keep', 'on the team'],
    ['', ''],
    ['Remove', 'nobody, "ever"'],
  ] as const;
  const decisions = [
    { item: 1, decision: 'keep', reason: 'on the team' },
    { item: 3, decision: 'remove', reason: 'nobody, "ever"' },
  ];

  test.each([
    ['with commas', ',', '\r\n'],
    ['with semicolons and line feeds', ';', '\n'],
    ['with tabs', '\t', '\n'],
  ])('%s', (_, delimiter, lineBreak) => {
    const text = `\ufeff${filled(said, delimiter, lineBreak)}`;
    expect(readDecisions(text, ITEMS)).toEqual({ ok: true, value: decisions });
  });

  test('from columns in another order, without those that are not needed', () => {
    const text = 'reason,decision,principal,entitlement,item\nstays,keep,people:ana,read,1\n';
    expect(readDecisions(text, ITEMS)).toMatchObject({ value: [{ item: 1, reason: 'stays' }] });
  });
});

describe('a row is read', () => {
  const readRow = (
    row: string,
    items = ITEMS,
    head = 'item,entitlement,principal,decision,reason',
  ) => readDecisions(`${head}\n${row}\n`, items);

  test('without the blanks that a spreadsheet puts around cells', () => {
    const head = ' item ,entitlement , principal,decision , reason';
    const row = ' 1 , read , people:ana , keep , on the team ';
    expect(readRow(row, ITEMS, head)).toEqual({
      ok: true,
      value: [{ item: 1, decision: 'keep', reason: 'on the team' }],
    });
  });

  test('with a reason of 500 characters', () => {
    expect(readRow(`1,read,people:ana,keep,${'x'.repeat(500)}`)).toMatchObject({ ok: true });
  });

  test.each(["'=a b", '=a b'])('with a principal that begins a formula: %s', (cell) => {
    const principal = { type: 'User', id: '=a b ', name: 'x' } as const;
    const row = `1,read,${cell},keep,x`;
    expect(readRow(row, [{ ...ana, principal }])).toMatchObject({ ok: true });
    expect(readRow(row.replace('a b', 'a'), [{ ...ana, principal }])).toMatchObject({ ok: false });
  });

  test.each([
    ['1,read,people:ana,keep', 'line 2: the reason is missing'],
    [
      '1,read,people:zoe,keep,x',
      'line 2: item 1 of this review is people:ana for read: the file is of another review',
    ],
    [
      '3,write,,keep,x',
      'line 2: item 3 of this review is members of group people:ops for read: the file is of another review',
    ],
  ])('or refused, with what is wrong: %s', (row, said) => {
    expect(readRow(row)).toEqual({ ok: false, error: [said] });
  });
});

describe('a mistake names its line, and nothing is read', () => {
  const head = 'item,entitlement,principal,decision,reason';
  test.each([
    ['an unknown item', '9,read,people:ana,keep,x', 'line 3: the review has no item "9"'],
    ['an unknown decision', '1,read,people:ana,maybe,x', 'line 3: the decision is "maybe"'],
    ['a missing decision', '1,read,people:ana,,x', 'line 3: the decision is ""'],
    ['a missing reason', '1,read,people:ana,keep, ', 'line 3: the reason is missing'],
    ['a reason that shows nothing', '1,read,people:ana,keep,\u200b', 'the reason is missing'],
    ['a reason with a line break', '1,read,people:ana,keep,"a\nb"', 'a line break'],
    ['a reason that is too long', `1,read,people:ana,keep,${'x'.repeat(501)}`, '501 characters'],
    ['an item twice', '2,read,github:1/2,keep,x', 'line 3: item 2 is there twice'],
    ['the item of another review', '1,read,people:zoe,keep,x', 'the file is of another review'],
    ['another entitlement', '1,write,people:ana,keep,x', 'the file is of another review'],
    ['a quote without an end', '1,read,people:ana,keep,"x', 'line 3: a quote has no end'],
    ['text after a quote', '1,read,people:ana,keep,"x"y', 'text after a closing quote'],
  ])('%s', (_, row, said) => {
    const read = readDecisions(`${head}\n2,read,github:1/2,keep,fine\n${row}\n`, ITEMS);
    expect(read).toMatchObject({ ok: false, error: [expect.stringContaining(said)] });
  });

  test('every mistake is named', () => {
    const text = `${head}\n9,read,,keep,x\n8,read,,keep,x\n`;
    expect(readDecisions(text, ITEMS)).toMatchObject({
      error: [/9/, /8/].map((item) => expect.stringMatching(item)),
    });
  });

  test.each([
    ['an empty file', '', 'it is empty'],
    ['another file', 'a,b\n1,2\n', 'no column item, entitlement'],
    ['a report that nobody filled in', filled([]), 'no row has a decision'],
  ])('%s', (_, text, said) => {
    expect(readDecisions(text, ITEMS)).toMatchObject({ error: [expect.stringContaining(said)] });
  });
});
