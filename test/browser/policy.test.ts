import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

/** The view of policy: the bundle in force, why a request has its outcome, and what a change would do. */

let browser: Browser;
let auditor: Person;
const folder = mkdtempSync(join(tmpdir(), 'valetkey-policy-'));
const ARTIFACTS = join(folder, 'policies/artifacts.cedar');

beforeAll(async () => {
  browser = await startBrowser();
  cpSync('policy', folder, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  auditor = await newPerson(browser);
  await auditor.page.goto(`${pageAddress()}#/policy`);
  await signIn(auditor.page, `policy-${randomUUID()}`, 'security platform');
  await auditor.page.getByRole('heading', { name: 'Policy', level: 1 }).waitFor();
});
afterEach(async () => {
  expect(auditor.faults).toEqual([]);
  await auditor.context.close();
});

async function demandAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page: auditor.page as never })
    .include('main')
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test('entitlements and policies in force are found by their words', async () => {
  const { page } = auditor;
  await page.getByLabel('Find entitlements').fill('dynamodb:updatetable');
  await page.getByRole('heading', { level: 2 }).waitFor();
  expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
    'Maintain the order database in the nightly window',
  ]);
  await demandAccessible();
  await page.getByRole('link', { name: 'maintenance-window' }).click();
  await page.getByRole('heading', { name: 'maintenance-window', level: 2 }).waitFor();
  expect(await page.locator('pre').first().textContent()).toContain('permit');
  await demandAccessible();
});

test('a pasted request is explained by the engine, which only its worker runs', async () => {
  const { page } = auditor;
  expect(page.workers()).toEqual([]);
  await page.getByRole('tab', { name: 'Explain a request' }).click();
  const request = {
    entitlement: 'artifacts-read',
    parameters: { prefix: 'a' },
    justification: 'x',
  };
  const paste = (value: object) =>
    page.getByLabel('Request or decision').fill(JSON.stringify(value));
  await paste({ ...request, durationSeconds: 3600 });
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('Allowed at once').waitFor();
  await page.getByText('"s3:GetObject"').waitFor();
  await demandAccessible();
  const [worker] = page.workers();
  expect(worker?.url()).toMatch(/\/assets\/engine-[A-Z0-9]+\.js$/);
  // The worker has no network, so that nothing of what is explained can leave it.
  const sent = await worker?.evaluate(() =>
    fetch('/').then(
      () => 'sent',
      () => 'stopped',
    ),
  );
  expect(sent).toBe('stopped');
  auditor.faults.splice(0);
  await paste({ ...request, durationSeconds: 3601 });
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('Denied', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Advice' }).waitFor();
  await paste(request);
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('durationSeconds: ').waitFor();
});

test('recorded decisions are replayed by a changed bundle, and its mistakes are shown', async () => {
  const { page } = auditor;
  const posts: string[] = [];
  page.on('request', (one) => {
    if (one.method() !== 'GET') posts.push(one.url());
  });
  const text = readFileSync(ARTIFACTS, 'utf8');
  await page.getByRole('tab', { name: 'Replay decisions' }).click();
  writeFileSync(ARTIFACTS, text.replace('principal', 'principle'));
  await page.getByLabel('Folder of the bundle').setInputFiles(folder);
  await page.getByRole('heading', { name: 'The bundle does not compile' }).waitFor();
  await page.getByText(/policies\/artifacts\.cedar:\d+/).waitFor();
  await demandAccessible();
  writeFileSync(ARTIFACTS, text.replaceAll('people:platform', 'people:nobody'));
  await page.getByLabel('Folder of the bundle').setInputFiles(folder);
  await page.getByRole('heading', { name: 'Cases of the bundle that fail' }).waitFor();
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByText(/decisions? replayed, [\d,]+ would change/).waitFor();
  await demandAccessible();
  expect(posts).toEqual([]);
});
