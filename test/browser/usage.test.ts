import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { EntitlementUsage, GrantUsage } from '../../dashboard/api/types.ts';
import {
  callsMade,
  entitlementUsageAnswer,
  grantUsageAnswer,
  usedAction,
} from '../support/usage-answers.ts';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';
import { overflow, violations } from './looks.ts';
import { send, someone, takeArtifacts, tokenOf } from './requests.ts';

/** The stack of these tests has read no logs yet: what they would say is put in between page and broker. */

let browser: Browser;
let user: string;
let token: string;
beforeAll(async () => {
  browser = await startBrowser();
  user = someone('ana');
  token = await tokenOf(user, ['platform']);
});
afterAll(() => browser.close());

type Settings = Parameters<typeof newPerson>[1];

const usagePanel = (page: Page) => page.getByRole('region', { name: 'Usage', exact: true });

describe('on the view of a grant', () => {
  async function open(
    id: string,
    usage: Partial<GrantUsage> | null,
    settings: Settings = {},
  ): Promise<Person & { readonly asked: { count: number } }> {
    const person = await newPerson(browser, settings);
    const asked = { count: 0 };
    await person.page.route('**/v1/grants/*/usage', (route) => {
      asked.count += 1;
      return usage === null
        ? route.continue()
        : route.fulfill({ json: grantUsageAnswer(id, usage) });
    });
    await person.page.goto(`${pageAddress()}#/grants/${id}`);
    await signIn(person.page, user, 'platform');
    return { ...person, asked };
  }

  test('the broker itself says that it waits for the end, and that a grant without keys was idle', async () => {
    const grant = await takeArtifacts(token);
    const active = await open(grant.id, null);
    await usagePanel(active.page).getByText('are read after the grant has ended').waitFor();
    expect(await violations(active.page)).toEqual([]);
    await send(token, `/v1/grants/${grant.id}/revoke`);
    const over = await open(grant.id, null);
    await usagePanel(over.page).getByText('No keys were vended, so nothing was called.').waitFor();
    expect([...active.faults, ...over.faults]).toEqual([]);
  });

  test('what waits says until when, and is not asked for before', async () => {
    const { id } = await takeArtifacts(token);
    const readAfter = new Date(Date.now() + 1_200_000).toISOString();
    const { page, asked } = await open(id, { state: 'waiting', readAfter });
    await usagePanel(page).getByText('will be read after').waitFor();
    await page.waitForTimeout(12_000);
    expect(asked.count).toBe(1);
  });

  test.each([
    ['light', 1280],
    ['dark', 320],
  ] as const)('used, unused and unknown are read apart, %s at %d', async (colorScheme, width) => {
    const { id } = await takeArtifacts(token);
    const viewport = { width, height: 800 };
    const { page, faults } = await open(id, {}, { colorScheme, viewport, reducedMotion: 'reduce' });
    const panel = usagePanel(page);
    await panel.getByText('The logs do not show all of s3').waitFor();
    await panel.getByText('Used 1 of 3 actions; 1 unknown').waitFor();
    const row = (name: string) => panel.getByRole('row').filter({ hasText: name }).first();
    expect(await row('s3:GetObject').innerText()).toContain('Unknown');
    expect(await row('s3:GetBucketLocation').innerText()).toContain('Unused');
    expect(await row('s3:PutObject').innerText()).toContain('Refused');
    await panel.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await panel.getByText('app.tgz').first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(await panel.getByRole('alert').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test('calls after the end that were not refused are an alarm', async () => {
    const { id } = await takeArtifacts(token);
    const afterEnd = { calls: 3, refused: 2, last: '2026-11-26T10:20:00.000Z' };
    const { page } = await open(id, { calls: callsMade({ afterEnd }) });
    await usagePanel(page).getByRole('alert').getByText('Tell the security team').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('of two hundred actions the first are shown, and those of one answer on demand', async () => {
    const { id } = await takeArtifacts(token);
    const actions = Array.from({ length: 200 }, (_, index) =>
      usedAction(`s3:Action${index}`, index === 150 ? { answer: 'unknown', why: 'not seen' } : {}),
    );
    const { page } = await open(id, { actions });
    const panel = usagePanel(page);
    const rows = panel.getByRole('table', { name: 'Actions' }).getByRole('row');
    await panel.getByRole('button', { name: 'Show all 200' }).click();
    expect(await rows.count()).toBe(201);
    await panel.getByRole('button', { name: 'Show the first 25' }).click();
    expect(await rows.count()).toBe(26);
    await panel.getByLabel('Answer').click();
    await page.getByRole('option', { name: 'Unknown (1)' }).click();
    await panel.getByText('s3:Action150').waitFor();
    expect(await rows.count()).toBe(2);
  });
});

describe('for auditors', () => {
  async function open(
    place: string,
    usage: Partial<EntitlementUsage> | null,
    settings: Settings = {},
  ): Promise<Person & { readonly asked: string[] }> {
    const person = await newPerson(browser, settings);
    const asked: string[] = [];
    await person.page.route('**/v1/entitlements/*/usage?*', (route) => {
      const url = new URL(route.request().url());
      asked.push(`${url.pathname.replace(/^.*(?=\/v1\/)/, '')}${url.search}`);
      const days = Number(url.searchParams.get('days'));
      const entitlement = decodeURIComponent(url.pathname.split('/').at(-2) ?? '');
      return usage === null
        ? route.continue()
        : route.fulfill({ json: entitlementUsageAnswer({ entitlement, days, ...usage }) });
    });
    await person.page.goto(`${pageAddress()}#/usage${place}`);
    await signIn(person.page, someone('sam'), 'security platform');
    return { ...person, asked };
  }

  test('the broker itself says that it reads logs, and of grants that go on that nobody read them', async () => {
    await takeArtifacts(token);
    const { page, faults } = await open('?entitlement=artifacts-read', null);
    await page.getByText('not read yet').first().waitFor();
    expect(await page.getByText('To switch it on').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('an entitlement and a period are chosen, and the URL keeps them', async () => {
    const { page, asked, faults } = await open('', {});
    await page.getByText('Choose an entitlement.').waitFor();
    await page.getByLabel('Entitlement').fill('artifacts-r');
    await page.getByRole('option', { name: /artifacts-read/ }).click();
    await page.getByText('Used 1 of 3 actions; 1 unknown').waitFor();
    await page.getByRole('link', { name: '400 days' }).click();
    await page.getByText('valetkey usage propose artifacts-read --days 400').waitFor();
    expect(new URL(page.url()).hash).toBe('#/usage?entitlement=artifacts-read&days=400');
    expect(asked).toEqual([
      '/v1/entitlements/artifacts-read/usage?days=90',
      '/v1/entitlements/artifacts-read/usage?days=400',
    ]);
    await page.getByRole('button', { name: 'Copy the command' }).waitFor();
    expect(faults).toEqual([]);
  });

  test.each([
    ['light', 1280],
    ['dark', 320],
  ] as const)('what an answer lacks comes first, %s at %d', async (colorScheme, width) => {
    const { page, faults } = await open(
      '?entitlement=artifacts-read',
      { complete: false, unread: 2 },
      { colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' },
    );
    await page.getByText('2 grants go on or were not read yet').waitFor();
    await page.getByText('There are more grants than an answer has room for').waitFor();
    await page.getByRole('table', { name: 'Requesters' }).getByText('people:ana').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(faults).toEqual([]);
  });
});
