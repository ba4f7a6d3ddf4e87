import { describe, expect, test } from '@jest/globals';
import { controlRows } from '../../../core/evidence/control-rows.ts';
import { CONTROLS, FRAMEWORK_NAMES } from '../../../core/evidence/controls.ts';
import type { ExportFacts } from '../../../core/evidence/manifest.ts';
import { readmeText } from '../../../core/evidence/readme.ts';
import { TABLES, type TableName } from '../../../core/evidence/tables.ts';
import { period } from '../../support/evidence-trail.ts';

const names = Object.keys(TABLES) as TableName[];
const counts = Object.fromEntries(names.map((name) => [name, 3])) as ExportFacts['counts'];
const FACTS: ExportFacts = {
  period: period('20', '21'),
  ledger: { vkey: 'log.example+0+key', size: 7, checkpoint: 'log.example\n7\ncm9vdA==\n' },
  entries: { before: 1, within: 4, after: 2, first: 1, last: 4, knownUntil: null },
  sample: null,
  control: null,
  longEvents: 0,
  counts,
  bundles: { inForce: [], gap: false },
  ocsf: { version: '1.9.0', files: [], parquet: null },
};
const OTHERS = { ledger: 7, ocsf: 5 };
const readmeOf = (change: Partial<ExportFacts> = {}) => readmeText({ ...FACTS, ...change });
const SAMPLE = { size: 2, seed: '83417', drawn: 2, proofs: 9 };

describe('the README', () => {
  test('has its headings apart from one another', () => {
    const headings = readmeOf({ sample: SAMPLE }).match(/(?<=\n\n)## .+(?=\n\n)/g);
    expect(headings).toEqual(['## Files', '## Method', '## Verify']);
  });

  test('says of a period without entries that there are none, and no places', () => {
    const none = { ...FACTS.entries, within: 0, first: null, last: null };
    const text = readmeOf({ entries: none });
    expect(text).toContain('| entries of the period | 0 |\n');
    expect(text).toContain('| latest entry of the ledger | none |\n');
  });

  test('says how far the ledger goes', () => {
    const at = (knownUntil: string) => readmeOf({ entries: { ...FACTS.entries, knownUntil } });
    const over = at('2026-11-22T00:00:00Z');
    expect(over).toContain('| latest entry of the ledger | 2026-11-22T00:00:00Z |\n');
    expect(over).toContain('The ledger goes on after the period');
    expect(at('2026-11-21T23:59:59Z')).toContain('The ledger ends within the period');
    expect(readmeOf()).toContain('The ledger ends within the period');
  });

  test('has a row for each table, in one list with the ledger and the manifest', () => {
    const rows = (text: string) => text.match(/(?<=\n\| `)[a-z./-]+(?=` \|.*\|(\n|$))/g);
    const tables = names.filter((name) => name !== 'sample').map((name) => `${name}.csv`);
    const files = ['bundles/', 'ledger/', 'manifest.json', 'manifest.tlog-proof'];
    expect(rows(sectionOf(readmeOf(), 'Files'))).toEqual([...tables, ...files]);
    const [, list = ''] = sectionOf(readmeOf(), 'Files').split('\n\n');
    expect(list.split('\n').filter((line) => !/^\|.*\|$/.test(line))).toEqual([]);
    const drawn = rows(sectionOf(readmeOf({ sample: SAMPLE }), 'Files'));
    expect(drawn).toHaveLength(tables.length + files.length + 2);
    expect(drawn).toEqual(expect.arrayContaining(['sample.csv', 'proofs/']));
  });

  test('is the same but for the sentence of a framework, where one was asked for', () => {
    const sentence = `\n\nControls are those of ${FRAMEWORK_NAMES.pci}.`;
    const asked = readmeOf({ control: 'pci' });
    expect(asked).toContain(sentence);
    expect(asked.replace(sentence, '')).toBe(readmeOf());
  });

  test('says how to draw a sample only where there is one', () => {
    const method = (change: Partial<ExportFacts>) => sectionOf(readmeOf(change), 'Method');
    const without = method({});
    expect(method({ sample: SAMPLE }).startsWith(without)).toBe(true);
    expect(without.endsWith('|')).toBe(true);
  });

  test('says how to verify the folder, with the key that it was exported with', () => {
    const { vkey } = FACTS.ledger;
    expect(sectionOf(readmeOf(), 'Verify')).toContain(
      `\nvaletkey audit verify --from . --key '${vkey}'\n`,
    );
  });

  test('names the events that the ledger has only the SHA-256 of, where there are some', () => {
    const row = /^\| `long-events\.jsonl` \| 4 \| .*\n/m;
    const some = readmeOf({ longEvents: 4 });
    expect(some).toMatch(row);
    expect(some.replace(row, '')).toBe(readmeOf());
  });
});

function sectionOf(text: string, heading: string): string {
  const found = text.split(/\n\n## /).find((part) => part.startsWith(heading));
  return (found ?? '').trimEnd();
}

test('controls of all frameworks have the question as it is asked, and the rows of their files', () => {
  const [first] = controlRows(null, counts, OTHERS);
  expect(first?.cells).toEqual([
    FRAMEWORK_NAMES.soc2,
    ...['CC6.1', 'Who got in, and what kept the others out?', 'population.csv', 3],
  ]);
  const all = CONTROLS.flatMap(({ files }) => files);
  expect(controlRows(null, counts, OTHERS)).toHaveLength(all.length);
});
