import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const field = ({ page }: Person, name: string) => page.getByLabel(name, { exact: true });
const button = ({ page }: Person, name: string) => page.getByRole('button', { name, exact: true });

/** Somebody new at the form, which the link may fill. */
async function personAt(link: string, groups: string): Promise<Person> {
  const person = await newPerson(browser);
  await person.page.goto(`${pageAddress()}${link}`);
  await signIn(person.page, `request-${randomUUID()}`, groups);
  await person.page.getByRole('heading', { level: 1, name: 'Request' }).waitFor();
  return person;
}

test('policy answers while a request is typed, and says what is wrong where it is wrong', async () => {
  const person = await personAt('#/request', 'platform support');
  const { page } = person;
  await field(person, 'Entitlement').fill('orders-read');
  await page.keyboard.press('Enter');
  await field(person, 'table').fill('users');
  await page.getByText('Choose one of: orders, orders-archive.').waitFor();
  await field(person, 'table').fill('');
  await page.getByRole('option', { name: 'orders-archive' }).click();
  await field(person, 'Duration').fill('5h');
  await page.getByText('Ask for at most 4h.').waitFor();
  await button(person, '30m').click();
  await button(person, 'Request access').click();
  await page.getByText('Say in a sentence what you need it for.').waitFor();
  expect(
    await field(person, 'Justification').evaluate((shown) => shown === document.activeElement),
  ).toBe(true);
  await field(person, 'Justification').fill("It's case <b>4711</b>");
  await page.getByText('You get it as soon as you ask.').waitFor();
  await page.getByText('support-reads-orders').waitFor();
  const command = `valetkey request orders-read -p table=orders-archive --for 30m --reason 'It'\\''s case <b>4711</b>'`;
  await page.getByText(command).waitFor();
  await page.getByText('The exact session policy').click();
  await page.getByText(/table\/orders-archive"/).waitFor();
  expect(person.faults).toEqual([]);
});

test('a link fills the form, advice is one click, and what was granted is ended with another', async () => {
  const link =
    '#/request?entitlement=artifacts-read&param.prefix=releases%2F1&duration=2h&justification=Roll+back';
  const person = await personAt(link, 'platform');
  const { page } = person;
  await page.getByText('Denied', { exact: true }).waitFor();
  await button(person, 'Use 1h').click();
  await page.getByText('Allowed at once', { exact: true }).waitFor();
  expect(await field(person, 'Duration').inputValue()).toBe('1h');
  await button(person, 'Request access').click();
  await page.waitForURL(/#\/grants\/gr_/);
  await page.getByText('You have access.').waitFor();
  await page.getByRole('link', { name: 'My access' }).click();
  const card = page.getByRole('article', { name: 'Read a prefix of the artifacts bucket' });
  await card.getByRole('timer').waitFor();
  await card.getByText(/^valetkey exec artifacts-read --grant gr_\w+ -- COMMAND$/).waitFor();
  await card.getByRole('button', { name: "I'm done", exact: true }).click();
  await card.getByText('It has ended. No keys were ever issued under it.').waitFor();
  await card.getByText('Revoked').waitFor();
  expect(person.faults).toEqual([]);
});

test('what policy refuses is explained in place, with its record', async () => {
  const link =
    '#/request?entitlement=artifacts-read&param.prefix=a&duration=8h&justification=A+long+day';
  const person = await personAt(link, 'platform');
  const { page } = person;
  await button(person, 'Request access').click();
  await page.getByText('Your request was refused').waitFor();
  await page.getByRole('link', { name: 'See the record of this request' }).waitFor();
  await button(person, 'Use 1h').waitFor();
  expect(await field(person, 'Justification').inputValue()).toBe('A long day');
  await button(person, 'Start over').click();
  expect(await field(person, 'Justification').inputValue()).toBe('');
  await page.waitForURL(/#\/request$/);
  expect(person.faults).toEqual([]);
});

test('what was typed is still there after a new sign-in', async () => {
  const person = await personAt('#/request', 'platform');
  const { page } = person;
  await field(person, 'Entitlement').fill('artifacts-read');
  await field(person, 'prefix').fill('releases/7');
  await page.evaluate(() => {
    const real = Date.now;
    Date.now = () => real() + 3_600_000;
  });
  await field(person, 'Justification').fill('Typed before the session ended');
  await page.waitForEvent('load');
  await field(person, 'Justification').waitFor();
  expect(await field(person, 'Justification').inputValue()).toBe('Typed before the session ended');
  expect(await field(person, 'prefix').inputValue()).toBe('releases/7');
  await page.getByText('Allowed at once', { exact: true }).waitFor();
  expect(person.faults).toEqual([]);
});
