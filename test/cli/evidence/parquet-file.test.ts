import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { writeParquet } from '../../../cli/evidence/parquet-file.ts';
import { OCSF_VERSIONS } from '../../../core/ocsf/classes.ts';
import { columnsOf } from '../../../core/ocsf/columns.ts';
import { ocsfClassesOf, ocsfClassOf } from '../../../core/ocsf/mapping.ts';
import { toOcsf } from '../../../core/ocsf/to-ocsf.ts';
import { ANA, GRANT_EVENTS, PRINCIPAL_EVENTS } from '../../support/ocsf/one-of-each.ts';
import { asJson, readParquet } from '../../support/read-parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-parquet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = (map: object): object =>
  Object.fromEntries(
    Object.entries(map).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

describe.each(OCSF_VERSIONS)('events of OCSF %s', (version) => {
  test.each(ocsfClassesOf(version))('of %s are in Parquet what they are in JSON', async (name) => {
    const records = [...GRANT_EVENTS, ...PRINCIPAL_EVENTS]
      .filter((event) => ocsfClassOf(event, version) === name)
      .map((event) => {
        const options = { version, ledger: { origin: 'log', index: 1, leafHash: 'aGFzaA==' } };
        const made =
          'grantId' in event
            ? toOcsf(event, { ...options, requester: ANA })
            : toOcsf(event, options);
        return made as { readonly unmapped: object };
      });
    const path = join(folder, `${version}-${name}.parquet`);
    writeParquet(path, columnsOf(name, version), records);
    const { rows } = await readParquet(path);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(asJson)).toEqual(
      records.map((record) => ({ ...record, unmapped: texts(record.unmapped) })),
    );
  });
});

test('a file has groups of rows of a bounded size, with Zstandard', async () => {
  const columns = { time: 'long', message: 'text' } as const;
  const records = Array.from({ length: 2500 }, (_, time) => ({ time, message: `event ${time}` }));
  const path = join(folder, 'groups.parquet');
  writeParquet(path, columns, records);
  const { metadata, rows } = await readParquet(path);
  expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([1000, 1000, 500]);
  const codecs = metadata.row_groups.flatMap((group) =>
    group.columns.map((column) => column.meta_data?.codec),
  );
  expect(new Set(codecs)).toEqual(new Set(['ZSTD']));
  expect(rows.map(asJson)).toEqual(records);
});
