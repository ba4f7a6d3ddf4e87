import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

let browser: Browser;
const people: Person[] = [];
beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  for (const { context, faults } of people.splice(0)) {
    await context.close();
    expect(faults).toEqual([]);
  }
});
afterAll(() => browser.close());

async function somebody(): Promise<Person> {
  const person = await newPerson(browser);
  people.push(person);
  return person;
}

const heading = (page: Person['page'], name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true });

describe('signing in', () => {
  test('leads to My access, and a reload goes on without asking', async () => {
    const { page } = await somebody();
    await page.goto(pageAddress());
    await signIn(page, `ana-${randomUUID()}`, 'developers');
    await heading(page, 'My access').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.reload();
    await heading(page, 'My access').waitFor();
  });

  test('a link from before leads to the same place, also after a reload', async () => {
    const { page } = await somebody();
    await page.goto(`${pageAddress()}#/request?justification=Roll%20back`);
    await signIn(page, `ana-${randomUUID()}`, 'developers');
    await heading(page, 'Request').waitFor();
    expect(page.url()).toBe(`${pageAddress()}#/request?justification=Roll%20back`);
    await page.reload();
    await heading(page, 'Request').waitFor();
  });

  test('the navigation has what the person may use, and no more', async () => {
    const names = async (page: Person['page']): Promise<readonly string[]> =>
      page.getByRole('navigation').getByRole('link').allTextContents();
    const developer = await somebody();
    await developer.page.goto(pageAddress());
    await signIn(developer.page, `ana-${randomUUID()}`, 'developers');
    expect(await names(developer.page)).toEqual(['My access', 'Request', 'Approve']);
    await developer.page.goto(`${pageAddress()}#/people`);
    await heading(developer.page, 'People').waitFor();
    await developer.page.getByText('Policy does not let you see this').waitFor();

    const security = await somebody();
    await security.page.goto(pageAddress());
    await signIn(security.page, `sam-${randomUUID()}`, 'security');
    expect(await names(security.page)).toEqual([
      ...['My access', 'Request', 'Approve', 'All grants'],
      ...['Decisions', 'Overview', 'Usage', 'People', 'Policy'],
    ]);
  });
});

describe('the end of a session', () => {
  test('a token that ran out is renewed without the person, who stays where they were', async () => {
    const { page } = await somebody();
    await page.clock.install();
    await page.goto(`${pageAddress()}#/approve`);
    await signIn(page, `ana-${randomUUID()}`, 'developers');
    await heading(page, 'Approve').waitFor();
    const back = page.waitForRequest((request) => request.url().includes('prompt=none'));
    await page.clock.fastForward('11:00');
    await back;
    await heading(page, 'Approve').waitFor();
    expect(page.url()).toBe(`${pageAddress()}#/approve`);
  });

  test('where the provider has forgotten the person as well, the page asks, and then goes on there', async () => {
    const { page, context } = await somebody();
    await page.goto(`${pageAddress()}#/approve`);
    await signIn(page, `ana-${randomUUID()}`, 'developers');
    await heading(page, 'Approve').waitFor();
    await context.clearCookies();
    await page.reload();
    await page.getByText('Your session has ended.').waitFor();
    await signIn(page, `ana-${randomUUID()}`, 'developers');
    await heading(page, 'Approve').waitFor();
  });

  test.each([
    ['comes back', true],
    ['is somebody else', false],
  ])('what was typed is there again for who %s, and for nobody else', async (_, same) => {
    const { page, context } = await somebody();
    await page.clock.install();
    await page.goto(
      `${pageAddress()}#/request?entitlement=artifacts-read&param.prefix=releases/1&duration=15m`,
    );
    const ana = `ana-${randomUUID()}`;
    await signIn(page, ana, 'platform');
    const why = page.getByLabel('Justification', { exact: true });
    await why.fill('Only for my eyes');
    await context.clearCookies();
    await page.clock.fastForward('11:00');
    await page.getByLabel('Duration', { exact: true }).fill('20m');
    await page.clock.fastForward('00:30');
    await page.getByText('Your session has ended.').waitFor();
    await signIn(page, same ? ana : `bo-${randomUUID()}`, 'platform');
    await why.waitFor();
    expect(await why.inputValue()).toBe(same ? 'Only for my eyes' : '');
  });

  test('who signs out is forgotten: the next sign-in asks who it is', async () => {
    const { page } = await somebody();
    await page.goto(pageAddress());
    const name = `ana-${randomUUID()}`;
    await signIn(page, name, 'developers');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.goBack();
    expect(await page.content()).not.toContain(name);
    await page.goto(pageAddress());
    await signIn(page, `bo-${randomUUID()}`, 'developers');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await page.content()).not.toContain(name);
  });

  test('a return that this tab did not ask for is no sign-in', async () => {
    const { page } = await somebody();
    await page.goto(`${pageAddress()}?code=stolen&state=foreign#/approve`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(`${pageAddress()}#/approve`);
  });
});
