import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { writeParquet } from '../../../cli/evidence/parquet-file.ts';
import { parquetSchema } from '../../../cli/evidence/parquet-schema.ts';
import { sameRecords } from '../../../cli/evidence/same-records.ts';

const COLUMNS = { name: 'text', at: 'long' } as const;
const RECORDS = [
  { name: 'ana', at: 3 },
  { name: 'ben', at: 4 },
];
const folder = mkdtempSync(join(tmpdir(), 'valetkey-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const fileOf = (write: (path: string) => void): string => {
  files += 1;
  const path = join(folder, `${files}.parquet`);
  write(path);
  return path;
};
const made = fileOf((path) => writeParquet(path, COLUMNS, RECORDS));

test('the same records in other bytes are the same', async () => {
  const repacked = fileOf((path) => {
    const schema = parquetSchema(COLUMNS);
    const writer = new ParquetWriter({ writer: fileWriter(path), schema, codec: 'UNCOMPRESSED' });
    const columnData = [
      { name: 'name', data: ['ana', 'ben'] },
      { name: 'at', data: [3n, 4n] },
    ];
    writer.write({ columnData });
    writer.finish();
  });
  expect(await sameRecords(repacked, made)).toBe(true);
});

test.each([
  [
    'another value',
    [
      { name: 'ana', at: 3 },
      { name: 'ben', at: 5 },
    ],
  ],
  ['a record less', RECORDS.slice(0, 1)],
  ['another order', RECORDS.toReversed()],
])('%s is not the same', async (_, records) => {
  const other = fileOf((path) => writeParquet(path, COLUMNS, records));
  expect(await sameRecords(other, made)).toBe(false);
});

test('what is no Parquet is not the same', async () => {
  const other = fileOf((path) => writeFileSync(path, 'PAR1'));
  expect(await sameRecords(other, made)).toBe(false);
});
