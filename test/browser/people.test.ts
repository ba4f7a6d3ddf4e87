import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { stack, tokenFor } from '../e2e/support.ts';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';

const state = stack();

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** An active grant of somebody new, whose id no path can have as it is. */
async function somebody(): Promise<string> {
  const sub = `zoe/${randomUUID()}?50%`;
  const token = await tokenFor(
    'people',
    { sub, email: 'zoe@acme.example', groups: ['platform'] },
    state,
  );
  const answer = await fetch(`${state.apiUrl}/v1/grants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({
      ...{ entitlement: 'artifacts-read', parameters: { prefix: 'releases/1' } },
      ...{ durationSeconds: 900, justification: 'a test of the page' },
    }),
  });
  const { status, requester } = (await answer.json()) as {
    readonly status: string;
    readonly requester: { readonly id: string };
  };
  expect(status).toBe('active');
  return requester.id;
}

test('an administrator sees what somebody has, suspends them, and resumes them', async () => {
  const id = await somebody();
  const { page, faults } = await newPerson(browser);
  await page.goto(`${pageAddress()}#/people`);
  await signIn(page, `admin-${randomUUID()}`, 'security');
  await page.getByLabel('Principal', { exact: true }).fill(id);
  await page.getByRole('link', { name: 'artifacts-read' }).waitFor();

  const suspend = page.getByRole('button', { name: 'Suspend', exact: true });
  await suspend.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This ends 1 grant (1 active) at once').waitFor();
  await dialog.getByLabel('Reason').fill('the laptop was lost');
  // While the dialog asks, its own button is the only one of that name.
  await suspend.click();
  await page.getByText(`${id} is suspended. 1 grant was ended.`).waitFor();
  await page.getByText('Nothing runs, waits or is scheduled.').waitFor();
  await page
    .getByText(/the laptop was lost/)
    .first()
    .waitFor();

  await page.getByRole('button', { name: `Resume ${id}` }).click();
  await dialog.getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByText(`${id} may request again.`).waitFor();
  await page.getByRole('button', { name: `Resume ${id}` }).waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
});

test('an order about an id that nobody ever used says so', async () => {
  const { page, faults } = await newPerson(browser);
  const id = `people:nobody-${randomUUID()}`;
  await page.goto(`${pageAddress()}#/people?principal=${id}`);
  await signIn(page, `admin-${randomUUID()}`, 'security');
  await page.getByText('Nothing runs, waits or is scheduled.').waitFor();
  await page.getByRole('button', { name: 'Revoke all', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke all' }).click();
  await page.getByText(`${id} never asked for anything: check the id.`).waitFor();
  expect(faults).toEqual([]);
});
