import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ARTIFACTS, call } from '../e2e/support.ts';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';
import { someone, tokenOf } from './requests.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const HOUR_MS = 3_600_000;

test('times are written as the language has them, and count by the clock of the broker', async () => {
  const ana = someone('ana');
  const grant = await call('POST', '/v1/grants', await tokenOf(ana, ['platform']), ARTIFACTS);
  expect(grant.status).toBe(201);
  const { page, faults, context } = await newPerson(browser, {
    locale: 'de-DE',
    timezoneId: 'UTC',
  });
  // The clock of this machine is two hours late.
  await page.clock.install({ time: Date.now() - 2 * HOUR_MS });
  await page.goto(pageAddress());
  await signIn(page, ana, 'platform');
  await page.getByRole('timer').first().waitFor();
  expect(await page.getByRole('timer').first().textContent()).toMatch(/^1[0-5]:\d\d$/);
  const { day, month, year } = dateOf(String(grant.body['expiresAt']));
  await page.getByText(`${day}.${month}.${year}`).first().waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('who is offline is told, and the page goes on by itself', async () => {
  const { page, context } = await newPerson(browser);
  await page.goto(pageAddress());
  await signIn(page, someone('ana'), 'platform');
  await page.getByRole('heading', { level: 1, name: 'My access' }).waitFor();
  await context.setOffline(true);
  await page.getByText('You are offline.').waitFor();
  await context.setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'detached' });
  await context.close();
});

test('a quarantine is told on every view, with its reason', async () => {
  const { page, faults, context } = await newPerson(browser);
  const quarantine = {
    ...{ cause: 'order', since: '2026-11-26T11:00:00Z', by: 'broker', deployed: false },
    ...{ reason: 'a token was stolen', release: null },
  };
  // The stack is that of other tests as well, so it is not put into quarantine.
  await page.route('**/v1/quarantine', (route) => route.fulfill({ json: { quarantine } }));
  await page.goto(pageAddress());
  await signIn(page, someone('ana'), 'platform');
  const told = page.getByRole('status').filter({ hasText: 'The broker gives no access now' });
  await told.waitFor();
  expect(await told.textContent()).toContain('a token was stolen');
  await page.getByRole('link', { name: 'Request', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Request' }).waitFor();
  await told.waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

function dateOf(time: string): Readonly<Record<'day' | 'month' | 'year', string>> {
  const [year = '', month = '', day = ''] = time.slice(0, 10).split('-');
  return { year, month, day };
}
