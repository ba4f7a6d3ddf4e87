import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Grant } from '../../core/grant.ts';
import { stack, until } from '../e2e/support.ts';
import { fillTable } from '../support/fill-table.ts';
import { parseCsv } from '../support/parse-csv.ts';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

/** The lists of auditors with a thousand grants of one entitlement, which no other test has. */

const state = stack();
const COUNT = 1000;
const ENTITLEMENT = `many-${randomUUID().slice(0, 8)}`;
const BO = `people:bo/${randomUUID().slice(0, 8)}?x=1&y=%2F`;

let browser: Browser;
let grants: readonly Grant[];
beforeAll(async () => {
  [browser, grants] = await Promise.all([
    startBrowser(),
    fillTable(state, { count: COUNT, newest: Date.now() - 3_600_000, changes }),
  ]);
});
afterAll(() => browser.close());

/** Every tenth is Bo's, every twentieth was denied. */
function changes(index: number): Partial<Grant> {
  const requester = { type: 'User', id: BO, name: 'bo@acme.example' } as const;
  const denied = { status: 'denied', startsAt: null, expiresAt: null } as const;
  const decision = { outcome: 'deny', policies: ['no-keys'], advice: [], bundle: 'b' } as const;
  return {
    entitlement: ENTITLEMENT,
    justification: index === 0 ? '=1+1' : `the number ${index}`,
    ...(index % 10 === 0 && { requester }),
    ...(index % 20 === 0 && { ...denied, decision }),
  };
}

async function auditor(hash: string): Promise<Person & { readonly asked: readonly URL[] }> {
  const person = await newPerson(browser);
  const asked: URL[] = [];
  person.page.on('request', (request) => {
    const url = new URL(request.url());
    if (/\/v1\/(grants|decisions)$/.test(url.pathname)) asked.push(url);
  });
  await person.page.goto(`${pageAddress()}#/${hash}`);
  await signIn(person.page, `auditor-${randomUUID()}`, 'security');
  return { ...person, asked };
}

const shown = (page: Page) => page.getByRole('table').getByRole('link', { name: /^gr_/ });

/** Waits until the ids of these grants are the shown ones, in this order. */
async function expectShown(page: Page, wanted: readonly Grant[]): Promise<void> {
  const ids = wanted.map(({ id }) => id);
  await until(
    'the rows',
    async () => {
      // A reload goes to the identity provider and back.
      const now = await shown(page)
        .allTextContents()
        .catch(() => []);
      return now.join() === ids.join() ? now : null;
    },
    30_000,
  );
}

test('a thousand grants are paged forth and back, a page a request, and a reload keeps the place', async () => {
  const { page, asked, faults } = await auditor(`grants?entitlement=${ENTITLEMENT}&limit=25`);
  await expectShown(page, grants.slice(0, 25));
  await page.getByRole('button', { name: 'Next page' }).click();
  await expectShown(page, grants.slice(25, 50));
  await page.getByRole('button', { name: 'Next page' }).click();
  await expectShown(page, grants.slice(50, 75));
  await page.reload();
  await page.getByText('Page 3').waitFor();
  await expectShown(page, grants.slice(50, 75));
  await page.getByRole('button', { name: 'Previous page' }).click();
  await expectShown(page, grants.slice(25, 50));
  await page.getByLabel('Rows').selectOption('100');
  await expectShown(page, grants.slice(0, 100));
  for (const { searchParams } of asked) {
    expect(Number(searchParams.get('limit'))).toBeLessThanOrEqual(100);
    expect(searchParams.get('entitlement')).toBe(ENTITLEMENT);
  }
  expect(faults).toEqual([]);
});

test('a click on a requester filters, the server does it, and the CSV has what it matches', async () => {
  const { page, faults } = await auditor(`grants?entitlement=${ENTITLEMENT}`);
  const bos = grants.filter(({ requester }) => requester.id === BO);
  await page.getByRole('link', { name: 'bo@acme.example' }).first().click();
  await expectShown(page, bos.slice(0, 50));
  expect(await page.getByLabel('Requester').inputValue()).toBe(BO);
  await page.getByRole('button', { name: 'Next page' }).click();
  await expectShown(page, bos.slice(50, 100));

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('grants.csv');
  await page.getByText('The CSV file has 100 grants.').waitFor();
  const [head = [], ...records] = parseCsv(readFileSync(await file.path(), 'utf8'));
  expect(records.map(([id]) => id)).toEqual(bos.map(({ id }) => id));
  expect(records[0]?.[head.indexOf('justification')]).toBe("'=1+1");
  expect(faults).toEqual([]);
});

test('a grant that is new waits to be shown, and moves nothing', async () => {
  const { page, faults } = await auditor(
    `grants?entitlement=${ENTITLEMENT}&status=denied&limit=25`,
  );
  const denied = grants.filter(({ status }) => status === 'denied');
  await expectShown(page, denied.slice(0, 25));
  const newer = await fillTable(state, { count: 1, newest: Date.now(), changes });
  await page.getByText('1 new grant.').waitFor({ timeout: 60_000 });
  await expectShown(page, denied.slice(0, 25));
  await page.getByRole('button', { name: 'Show them' }).click();
  await expectShown(page, [...newer, ...denied].slice(0, 25));
  expect(faults).toEqual([]);
});

test('decisions fold out what policy saw, and lead to the grant', async () => {
  const query = `entitlement=${ENTITLEMENT}&status=denied&policy=no-keys`;
  const { page, faults } = await auditor(`decisions?${query}`);
  const oldest = grants.findLast(({ status }) => status === 'denied')?.id;
  await page.getByText(/^50 of the 50 decisions on this page are by no-keys/).waitFor();
  const first = (await shown(page).first().textContent()) ?? '';
  await page.getByRole('button', { name: `Facts of ${first}` }).click();
  await page.getByText('principal.groups').waitFor();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download JSON lines' }).click();
  const file = await download;
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ grantId: oldest });

  await page.getByLabel('Grant id').fill(`see ${first}`);
  await page.getByRole('button', { name: 'Go to the grant' }).click();
  await page.waitForURL(`**/#/grants/${first}`);
  expect(faults).toEqual([]);
});
