import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Somebody new, who has just sent the request of the link. */
async function whoAsked(query: string, groups: string): Promise<Person> {
  const person = await newPerson(browser);
  const { page } = person;
  await page.goto(`${pageAddress()}#/request?${query}`);
  await signIn(page, `mine-${randomUUID()}`, groups);
  await page.getByRole('button', { name: 'Request access', exact: true }).click();
  await page.waitForURL(/#\/grants\/gr_/);
  await page.getByRole('link', { name: 'My access' }).click();
  return person;
}

test('a running grant is extended, and focus comes back from the dialog', async () => {
  const query =
    'entitlement=artifacts-read&param.prefix=releases%2F1&duration=15m&justification=Roll+back';
  const person = await whoAsked(query, 'platform');
  const { page } = person;
  const card = page.getByRole('article', { name: 'Read a prefix of the artifacts bucket' });
  await card.getByText(/^1[45]:\d\d$/).waitFor();
  const extend = page.getByRole('button', { name: 'Extend', exact: true });
  await extend.click();
  await page.getByLabel('Duration', { exact: true }).fill('3h');
  await page.getByLabel('Justification', { exact: true }).fill('It takes longer');
  await extend.click();
  await page.getByText(/^No policy permits/).waitFor();
  await page.getByLabel('Duration', { exact: true }).fill('50m');
  await extend.click();
  await page.getByText(/^Extended until /).waitFor();
  await card.getByText(/^(49|50):\d\d$/).waitFor();
  await expect(extend.evaluate((shown) => shown === document.activeElement)).resolves.toBe(true);
  expect(person.faults).toEqual([]);
});

test('a request that waits says for what, and can be cancelled', async () => {
  const query =
    'entitlement=database-admin&param.table=orders&duration=1h&justification=Repair+order+77';
  const person = await whoAsked(query, 'developers');
  const { page } = person;
  const card = page.getByRole('article', { name: 'Administer one table of the order database' });
  await card.getByText('0 of 1 approval.').waitFor();
  await card.getByRole('button', { name: 'Cancel request' }).click();
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor({ state: 'detached' });
  const earlier = page.getByRole('listitem').filter({ hasText: 'Repair order 77' });
  await earlier.getByText('Cancelled').waitFor();
  await page.getByText('You have no access to anything right now').waitFor();
  expect(person.faults).toEqual([]);
});
