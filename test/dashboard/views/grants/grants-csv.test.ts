import { grantJson } from '../../../../core/api/wire.ts';
import type { Grant } from '../../../../dashboard/api/types.ts';
import { GRANTS_HEAD, grantRecord } from '../../../../dashboard/views/grants/grants-csv.ts';
import { parseCsv } from '../../../support/parse-csv.ts';
import { activeGrant } from '../../../support/sample-grants.ts';

test('a record has a cell for each column, and no cell is run by a spreadsheet', () => {
  const evil = '=HYPERLINK("https://example.com","x"),\r\n"y"';
  const grant = activeGrant({ justification: evil, ticket: '@SUM(1)' });
  const [head, record] = parseCsv(GRANTS_HEAD + grantRecord(grantJson(grant) as Grant));
  expect(record).toHaveLength(head?.length ?? 0);
  const cell = (name: string) => record?.[head?.indexOf(name) ?? -1];
  expect(cell('id')).toBe(grant.id);
  expect(cell('justification')).toBe(`'${evil}`);
  expect(cell('ticket')).toBe("'@SUM(1)");
  expect(cell('parameters')).toBe('{"prefix":"releases/1"}');
  expect(cell('endedAt')).toBe('');
});
