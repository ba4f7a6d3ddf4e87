import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';
import { overflow, violations } from './looks.ts';
import { askForTable, send, someone, tokenOf } from './requests.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const TITLE = 'Administer one table of the order database';
const HARMFUL = '<img src=x onerror="document.title=1"> {{7*7}}';

async function goTo(page: Page, hash: string, user: string, groups = 'database'): Promise<void> {
  await page.goto(`${pageAddress()}${hash}`);
  await signIn(page, user, groups);
}

test('an approver decides two requests by keyboard alone', async () => {
  const ana = await tokenOf(someone('ana'), ['developers']);
  const second = await askForTable(ana, 'the second in the list');
  const first = await askForTable(ana, HARMFUL);
  const person = await newPerson(browser);
  const { page } = person;
  await goTo(page, `#/approve?grant=${first.id}`, someone('dora'));
  await page.getByRole('heading', { name: TITLE }).waitFor();
  await page.getByText(HARMFUL).waitFor();
  await page.getByRole('region', { name: 'Session policy' }).getByText('table/orders').waitFor();

  await page.keyboard.press('c');
  // While somebody types, letters are letters.
  await page.keyboard.type('ad jk');
  expect(await page.getByLabel('Comment').inputValue()).toBe('ad jk');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText(/^Approved: .* is active now\.$/).waitFor();

  const next = page.locator('a:focus');
  await next.waitFor();
  expect(await next.getAttribute('href')).toBe(`#/approve?grant=${second.id}`);
  await page.getByText('the second in the list').waitFor();
  await page.keyboard.press('d');
  await page.keyboard.press('Enter');
  await page.getByText(/^Denied: /).waitFor();
  expect(await page.evaluate(() => document.title)).toBe('Approve · Valet Key');
  expect(person.faults).toEqual([]);
});

test('a vote that comes too late shows what was decided', async () => {
  const ana = await tokenOf(someone('ana'), ['developers']);
  const grant = await askForTable(ana, 'to be cancelled');
  const person = await newPerson(browser, { viewport: { width: 320, height: 640 } });
  const { page } = person;
  await goTo(page, `#/approve?grant=${grant.id}`, someone('dora'));
  await page.getByText('to be cancelled').waitFor();
  expect(await overflow(page)).toBe(0);
  await page.route('**/approve', async (route) => {
    await send(ana, `/v1/grants/${grant.id}/cancel`);
    await route.continue();
  });
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('It is cancelled now.').waitFor();
  expect(await page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
  expect(person.faults).toEqual([]);
});

test('a critical request is confirmed, and a wrong match code is said at its field', async () => {
  const ana = await tokenOf(someone('ana'), ['developers']);
  const grant = await askForTable(ana, 'to be asked twice');
  const person = await newPerson(browser, { colorScheme: 'dark' });
  const { page } = person;
  const asked = (triesLeft: number) => ({
    ...grant,
    approvals: { ...grant.approvals, matchCode: { triesLeft } },
    details: {
      ...{ title: TITLE, risk: 'critical', sessionPolicy: {} },
      history: { recentDenials: 1, firstUse: false },
    },
  });
  await page.route(`**/v1/grants/${grant.id}`, (route) => route.fulfill({ json: asked(3) }));
  await page.route('**/approve', (route) => {
    const body = route.request().postDataJSON();
    expect(body).toEqual({ matchCode: '11' });
    const detail = 'The match code is wrong. Ask the requester: 2 tries left.';
    const problem = { type: 'x', title: 'Forbidden', status: 403, detail, grant: asked(2) };
    return route.fulfill({ status: 403, json: problem });
  });
  await goTo(page, `#/approve?grant=${grant.id}`, someone('dora'));
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Enter the two digits').waitFor();
  await page.getByLabel('Match code').fill('11');
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('dialog').getByText('Its risk is critical').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('The match code is wrong.').waitFor();
  expect(await violations(page)).toEqual([]);
  expect(person.faults).toEqual([]);
});

test('who has nothing to vote on reads what would be here', async () => {
  const person = await newPerson(browser);
  await goTo(person.page, '#/approve', someone('eve'), 'nobody');
  await person.page.getByRole('heading', { name: 'Nothing waits for your vote' }).waitFor();
  expect(await violations(person.page)).toEqual([]);
  expect(person.faults).toEqual([]);
});
