import { describe, expect, test } from '@jest/globals';
import { controlRows } from '../../../core/evidence/control-rows.ts';
import { CONTROLS, FRAMEWORKS } from '../../../core/evidence/controls.ts';
import { type ExportFacts, manifestText } from '../../../core/evidence/manifest.ts';
import { readmeText } from '../../../core/evidence/readme.ts';
import { TABLES, type TableName } from '../../../core/evidence/tables.ts';
import { period } from '../../support/evidence-trail.ts';

const names = Object.keys(TABLES) as TableName[];
const counts = Object.fromEntries(
  names.map((name, at) => [name, 100 + at]),
) as ExportFacts['counts'];
const FACTS: ExportFacts = {
  period: period('20', '21'),
  ledger: { vkey: 'log.example+0+key', size: 7, checkpoint: 'log.example\n7\ncm9vdA==\n' },
  entries: {
    before: 1,
    within: 4,
    after: 2,
    first: 1,
    last: 4,
    knownUntil: '2026-11-23T10:00:00Z',
  },
  sample: { size: 2, seed: '83417', drawn: 2, proofs: 9 },
  control: null,
  longEvents: 0,
  counts,
  bundles: {
    gap: false,
    inForce: [
      { bundle: 'sha256:1', file: 'bundle/1.json', from: '2026-11-01T10:00:00Z', until: null },
    ],
  },
  ocsf: {
    version: '1.9.0',
    files: [{ path: 'ocsf/user-management-3007.jsonl', rows: 4, sha256: '' }],
    parquet: null,
  },
};

describe('the README', () => {
  test('has period, ledger, counts and every file', () => {
    const text = readmeText(FACTS);
    expect(text).toContain(
      '2026-11-20T00:00:00.000Z up to, not including, 2026-11-22T00:00:00.000Z',
    );
    expect(text).toContain('`log.example`, 7 entries, verified whole');
    expect(text).toContain('4, from entry 1 to entry 4');
    for (const name of names) expect(text).toContain(`| \`${name}.csv\` | ${counts[name]} |`);
    expect(text).toContain('| `ocsf/user-management-3007.jsonl` | 4 | events in OCSF 1.9.0,');
    expect(text).toContain('| `bundles/` | 1 |');
    expect(text).not.toContain('names no policy bundle');
    expect(text).toContain('| `proofs/` | 9 |');
    expect(text).toContain("printf '%s%s' '83417'");
    expect(text).toContain("--key 'log.example+0+key'");
    expect(text).toContain('The ledger goes on after the period');
    expect(text).not.toMatch(/undefined|null|NaN/);
  });

  test('without a sample has none of it', () => {
    expect(readmeText({ ...FACTS, sample: null })).not.toMatch(/sample|proofs/);
  });

  test('says since when bundles are on record, where it is not from the beginning', () => {
    const { inForce } = FACTS.bundles;
    expect(readmeText({ ...FACTS, bundles: { inForce, gap: true } })).toContain(
      'names no policy bundle before 2026-11-01T10:00:00Z',
    );
    expect(readmeText({ ...FACTS, bundles: { inForce: [], gap: true } })).toContain(
      'is empty because the broker recorded none',
    );
  });

  test('of a period that is not over says so', () => {
    const entries = { ...FACTS.entries, knownUntil: '2026-11-21T10:00:00Z' };
    expect(readmeText({ ...FACTS, entries })).toContain('Export again when the period is over.');
  });
});

test('the manifest has the root of the checkpoint, and no time of the export', () => {
  const manifest = JSON.parse(manifestText(FACTS, []));
  expect(manifest).toMatchObject({
    ledger: { root: 'cm9vdA==', size: 7 },
    period: { from: '2026-11-20T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' },
  });
  expect(Object.keys(manifest)).toEqual([
    ...['format', 'period', 'ledger', 'entries', 'sample', 'control', 'ocsf'],
    ...['parquet', 'bundles', 'files'],
  ]);
});

describe('the controls', () => {
  test('are each there once, with a question and a file', () => {
    const ids = CONTROLS.map(({ framework, id }) => `${framework} ${id}`);
    expect(new Set(ids)).toHaveProperty('size', ids.length);
    expect(CONTROLS.filter(({ question, files }) => question === '' || files.length === 0)).toEqual(
      [],
    );
  });

  test.each(FRAMEWORKS)('of %s are answered with counts', (framework) => {
    const rows = controlRows(framework, counts, { ledger: 7, ocsf: 8 });
    const own = CONTROLS.filter((control) => control.framework === framework);
    expect(rows).toHaveLength(own.flatMap(({ files }) => files).length);
    for (const { cells } of rows) {
      const [, , , file, count] = cells;
      const table = String(file).replace('.csv', '') as TableName;
      const others: Readonly<Record<string, number>> = { 'ledger/': 7, 'ocsf/': 8 };
      expect(count).toBe(others[String(file)] ?? counts[table]);
    }
  });

  test('together leave out no table', () => {
    const files = new Set(CONTROLS.flatMap((control) => control.files));
    expect([...files].toSorted()).toEqual(
      [...names.filter((name) => name !== 'controls'), 'ledger', 'ocsf'].toSorted(),
    );
  });
});
