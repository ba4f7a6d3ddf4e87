import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseCsv } from '../support/parse-csv.ts';
import type { Home } from '../support/run-command.ts';
import { json, shellOf } from './cli/support.ts';
import { ARTIFACTS, call, person, until, vend } from './support.ts';

/** A review of access from its start to the evidence, with the command, by people who may audit. */

let shells: readonly Home[] = [];
let [sam, mia, zoe]: (Home | undefined)[] = [];

beforeAll(async () => {
  // Mia may audit, and has access herself.
  shells = [
    await shellOf(['security']),
    await shellOf(['security', 'platform']),
    await shellOf(['security']),
  ];
  [sam, mia, zoe] = shells;
});
afterAll(() => {
  for (const home of shells) home.remove();
});

const run = (home: Home | undefined, ...args: readonly string[]) => {
  if (home === undefined) throw new Error('beforeAll makes the shells');
  return home.run(['review-access', ...args]);
};

const DAY = new Date().toISOString().slice(0, 10);
const PERIOD = ['--from', '2026-01-01', '--to', DAY < '2026-12-31' ? '2026-12-31' : DAY];

/** The id of the caller behind a shell. */
async function idOf(home: Home | undefined): Promise<string> {
  return String((await call('GET', '/v1/whoami', home?.env['VALETKEY_TOKEN'])).body['id']);
}

test('somebody starts a review, others decide, somebody else signs, and the evidence has it', async () => {
  const ana = await person(['platform']);
  await vend(ana, ARTIFACTS);
  const anaId = String((await call('GET', '/v1/whoami', ana)).body['id']);
  await vend(mia?.env['VALETKEY_TOKEN'] ?? '', ARTIFACTS);
  const miaId = await idOf(mia);

  // The ledger has the bundle, and both uses, within seconds.
  const started = await until('a list with everybody', async () => {
    const args = ['start', ...PERIOD, '--entitlement', 'artifacts-read', '--json'];
    const { code, out, err } = await run(sam, ...args);
    if (code !== 0)
      return err.includes('which policy bundle is in force') ? null : Promise.reject(err);
    const found = json<{ report: string; review: { id: string; items: number } }>(out);
    const text = readFileSync(join(sam?.folder ?? '', found.report), 'utf8');
    return text.includes(anaId) && text.includes(miaId) ? { ...found, text } : null;
  });
  const { id } = started.review;
  const [head = [], ...rows] = parseCsv(started.text);
  const itemOf = (principal: string): string =>
    rows.find((cells) => cells[head.indexOf('principal')] === principal)?.[0] ?? '';
  expect(rows.find((cells) => cells[2] === anaId)).toMatchObject({
    1: 'artifacts-read',
    5: 'yes',
    6: 'yes',
    10: expect.stringMatching(/^policy [a-z-]+ \(policies\/artifacts\.cedar:\d+\)/),
  });
  expect(rows.map((cells) => cells[head.indexOf('name')])).toContain(
    'members of group people:platform, whom the broker does not know by name',
  );

  // Nobody decides on their own access: not through the command, and not around it.
  const own = await run(mia, 'decide', id, 'keep', '--item', itemOf(miaId), '--reason', 'mine');
  expect(own).toMatchObject({
    code: 2,
    err: expect.stringContaining('You cannot decide on your own access'),
  });
  const around = await call(
    'POST',
    `/v1/audit/access-reviews/${id}/decisions`,
    mia?.env['VALETKEY_TOKEN'],
    { decisions: [{ item: Number(itemOf(miaId)), decision: 'keep', reason: 'mine' }] },
  );
  expect(around).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('your own access') },
  });

  const one = await run(
    sam,
    'decide',
    id,
    'remove',
    '--item',
    itemOf(anaId),
    '--reason',
    'Has moved',
  );
  expect(one).toMatchObject({ code: 0, out: expect.stringContaining('1 decision recorded.') });
  const early = await run(zoe, 'sign', id, '--comment', 'agreed');
  expect(early).toMatchObject({
    code: 1,
    err: expect.stringContaining('Without a decision: item'),
  });

  // The rest in a spreadsheet, by somebody who is in the list.
  const mine = join(mia?.folder ?? '', 'filled.csv');
  const fill = (cells: readonly string[]) =>
    [anaId, miaId].includes(cells[2] ?? '')
      ? cells
      : [...cells.slice(0, -2), 'keep', 'as it should be'];
  const filled = [head, ...rows.map(fill)];
  writeFileSync(
    mine,
    filled.map((cells) => `${cells.map((cell) => `"${cell}"`).join(';')}\n`).join(''),
  );
  expect(await run(mia, 'decide', id, '--file', mine)).toMatchObject({ code: 0 });
  expect(
    await run(sam, 'decide', id, 'keep', '--item', itemOf(miaId), '--reason', 'On the team'),
  ).toMatchObject({
    code: 0,
    out: expect.stringContaining('Every item is decided.'),
  });

  const starter = await run(sam, 'sign', id, '--comment', 'agreed');
  expect(starter).toMatchObject({ code: 4, err: expect.stringContaining('You started it') });
  const decider = await run(mia, 'sign', id, '--comment', 'agreed');
  expect(decider).toMatchObject({ code: 4, err: expect.stringContaining('You decided in it') });
  const signed = await run(zoe, 'sign', id, '--comment', 'Agreed');
  expect(signed).toMatchObject({ code: 0, out: expect.stringContaining(`${id} is signed`) });
  const late = await run(sam, 'decide', id, 'keep', '--item', '1', '--reason', 'x');
  expect(late).toMatchObject({ code: 1, err: expect.stringContaining('The review is signed') });

  const shown = await run(zoe, 'list', id);
  expect(shown.out).toContain('1 item to remove:');
  expect(shown.out).toContain('policies/artifacts.cedar:');

  // Every step is an entry of the ledger; the export has the decisions.
  const table = await until('the steps in the ledger', async () => {
    const folder = join(zoe?.folder ?? '', `evidence-${Date.now()}`);
    const exported = await zoe?.run(['evidence', 'export', ...PERIOD, '--out', folder]);
    if (exported?.code !== 0) return Promise.reject(exported?.err);
    const [columns = [], ...records] = parseCsv(
      readFileSync(join(folder, 'access-reviews.csv'), 'utf8'),
    );
    const found = records
      .map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])))
      .filter(({ review }) => review === id);
    return found.some(({ signedBy }) => signedBy !== '') ? found : null;
  });
  expect(table).toHaveLength(rows.length);
  expect(table[0]).toMatchObject({
    principal: anaId,
    decision: 'remove',
    reason: 'Has moved',
    undecided: '0',
  });
  expect(table.at(-1)).toMatchObject({ principal: miaId, decision: 'keep', comment: 'Agreed' });
  // Decisions stand in their own order; their entries may change places on the way to the ledger.
  const times = table.map(({ at }) => Date.parse(at ?? ''));
  expect(times.toSorted((a, b) => a - b)).toEqual(times);
  for (const { entry } of table) expect(entry).toMatch(/^\d+$/);
});
