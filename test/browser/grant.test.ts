import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { until } from '../e2e/support.ts';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';
import { overflow, violations } from './looks.ts';
import { askForTable, send, someone, takeArtifacts, tokenOf } from './requests.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const ARTIFACTS = 'Read a prefix of the artifacts bucket';
const TABLE = 'Administer one table of the order database';

async function open(page: Page, id: string, user: string, groups: string): Promise<void> {
  await page.goto(`${pageAddress()}#/grants/${id}`);
  await signIn(page, user, groups);
}

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true });

test('the requester extends, takes a proof away, and is done: the keys are dead', async () => {
  const user = someone('ana');
  const token = await tokenOf(user, ['platform']);
  const grant = await takeArtifacts(token);
  await send(token, `/v1/grants/${grant.id}/credentials`);
  const person = await newPerson(browser);
  const { page } = person;
  await open(page, grant.id, user, 'platform');
  await heading(page, ARTIFACTS).waitFor();
  await page.getByText('Keys were handed out, and work.').waitFor();
  expect(await violations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByLabel('Duration').fill('50m');
  await page.getByLabel('Justification').fill('It takes longer');
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByText(/^Extended until /).waitFor();

  const details = page.getByText('Details', { exact: true }).last();
  await details.click();
  const proof = page.getByRole('button', { name: /^Download proof of requested/ });
  const saved = page.getByText('Saved. Check it with');
  const [file] = await Promise.all([
    // The log signs within seconds on a quiet machine; `until` is the limit.
    page.waitForEvent('download', { timeout: 0 }),
    until('the log has the event', async () => {
      await proof.click();
      await saved.or(page.getByText(/^Not in the log yet, try again in \d+ s\.$/)).waitFor();
      return (await saved.isVisible()) ? true : null;
    }),
  ]);
  expect(file.suggestedFilename()).toMatch(/^ev_.*\.tlog-proof$/);
  expect(await readFile(await file.path(), 'utf8')).toMatch(/^c2sp\.org\/tlog-proof@v1/);

  await page.getByRole('button', { name: "I'm done", exact: true }).click();
  await page.getByText(/^The keys are dead: .* within/).waitFor();
  await page.getByText('Revoked', { exact: true }).waitFor();
  expect(person.faults).toEqual([]);
});

test('security revokes with a reason, and the dialog gives the focus back', async () => {
  const grant = await takeArtifacts(await tokenOf(someone('ana'), ['platform']));
  const person = await newPerson(browser, { colorScheme: 'dark' });
  const { page } = person;
  await open(page, grant.id, someone('sam'), 'security');
  const revoke = page.getByRole('button', { name: 'Revoke', exact: true });
  await revoke.click();
  await page.getByRole('dialog').getByText('It ends artifacts-read').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('button:focus').getByText('Revoke').waitFor();
  await page.keyboard.press('Enter');
  await page.getByLabel('Reason').fill('The laptop is lost');
  await revoke.click();
  await page.getByText(/^The grant of .* is revoked\.$/).waitFor();
  await page.getByText('The laptop is lost').first().waitFor();
  expect(person.faults).toEqual([]);
});

test('an approver votes where the link of the mail leads, and a stranger reads why not', async () => {
  const grant = await askForTable(await tokenOf(someone('ana'), ['developers']), 'repair a row');
  const auditor = await newPerson(browser, { viewport: { width: 320, height: 640 } });
  await open(auditor.page, grant.id, someone('sam'), 'security');
  await auditor.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await auditor.page.getByText('Policy does not let you vote on this request.').waitFor();
  expect(await overflow(auditor.page)).toBe(0);
  expect(auditor.faults).toEqual([]);

  const approver = await newPerson(browser);
  const { page } = approver;
  await open(page, grant.id, someone('dora'), 'database');
  await heading(page, TABLE).waitFor();
  await page.getByLabel('Comment').fill('Use the replica');
  await page.getByRole('button', { name: 'Deny', exact: true }).click();
  await page.getByText('Denied', { exact: true }).first().waitFor();
  await page.getByText('Use the replica').first().waitFor();
  expect(await page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  expect(approver.faults).toEqual([]);
});

test('"This wasn\'t me" ends everything, and says so plainly', async () => {
  const user = someone('ana');
  const token = await tokenOf(user, ['platform']);
  const grant = await takeArtifacts(token);
  const person = await newPerson(browser);
  const { page } = person;
  await open(page, grant.id, user, 'platform');
  await page.getByRole('button', { name: "This wasn't me" }).click();
  await page.getByRole('dialog').getByText('until an administrator lets you in').waitFor();
  await page.getByRole('button', { name: 'End everything' }).click();
  await heading(page, 'You are locked out, as you asked').waitFor();
  await expect(send(token, `/v1/grants/${grant.id}/credentials`)).rejects.toThrow('suspended');
  expect(await violations(page)).toEqual([]);
  expect(person.faults).toEqual([]);
});

test('a link to no grant, or to one that may not be seen, says both', async () => {
  const person = await newPerson(browser);
  const { page } = person;
  await open(page, 'gr_00000000000000000000', someone('eve'), 'nobody');
  await heading(page, 'There is no such grant, or you may not see it').waitFor();
  expect(await violations(page)).toEqual([]);
  expect(person.faults).toEqual([]);
});
