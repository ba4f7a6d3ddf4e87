import { randomUUID } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { call, tokenFor } from '../e2e/support.ts';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';

/** Every view by axe (WCAG 2.2 AA) in light and dark, and on the narrowest screen. */

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let browser: Browser;
let views: readonly (readonly [name: string, place: string])[] = [];
beforeAll(async () => {
  browser = await startBrowser();
  const sub = `ana-${randomUUID()}`;
  const ana = await tokenFor('people', {
    ...{ sub, email: `${sub}@acme.example`, groups: ['developers'], amr: ['mfa'] },
  });
  const body = {
    ...{ entitlement: 'database-admin', parameters: { table: 'orders' } },
    ...{ durationSeconds: 1800, justification: 'Repair order 4711' },
  };
  const grant = await call('POST', '/v1/grants', ana, body);
  const id = String(grant.body['id']);
  views = [
    ['My access', ''],
    ['Request', '#/request?entitlement=database-admin&param.table=orders&duration=30m'],
    ['Approve', '#/approve'],
    ['Administer one table of the order database', `#/grants/${id}`],
    ['All grants', '#/grants'],
    ['Decisions', '#/decisions'],
    ['Overview', '#/overview'],
    ['Usage', '#/usage?entitlement=database-admin'],
    ['People', '#/people'],
    ['Policy', '#/policy'],
  ];
});
afterAll(() => browser.close());

/** How much of the page moved by itself since it was asked last (W3C Layout Instability). */
function shifted(page: Page): Promise<number> {
  return page.evaluate(() => {
    const moved = (globalThis as { moved?: number }).moved ?? 0;
    (globalThis as { moved?: number }).moved = 0;
    return moved;
  });
}

function watchShifts(): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & Shift)[]) {
      const seen = globalThis as { moved?: number };
      if (!entry.hadRecentInput) seen.moved = (seen.moved ?? 0) + entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

type Shift = { readonly value: number; readonly hadRecentInput: boolean };

async function everyView(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.goto(pageAddress());
  await signIn(page, `sam-${randomUUID()}`, 'security platform database');
  for (const [name, place] of views) {
    await page.goto(`${pageAddress()}${place}`);
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.waitForLoadState('networkidle');
    await look(name);
  }
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('every view is accessible', async () => {
    const { page, context, faults } = await newPerson(browser, {
      colorScheme,
      reducedMotion: 'reduce',
    });
    const found: string[] = [];
    await everyView(page, async (name) => {
      const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
      for (const { id, nodes } of violations) {
        found.push(`${name}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
      }
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    });
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('at 320 pixels nothing goes beyond the edge', async () => {
  const { page, context } = await newPerson(browser, { viewport: { width: 320, height: 700 } });
  const wide: string[] = [];
  await everyView(page, async (name) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 320) wide.push(`${name}: ${width} px`);
  });
  expect(wide).toEqual([]);
  await context.close();
});

test('nothing moves under the eyes of who reads', async () => {
  const { page, context } = await newPerson(browser, { viewport: { width: 1280, height: 900 } });
  await context.addInitScript(watchShifts);
  const moved: string[] = [];
  await everyView(page, async (name) => {
    const shift = await shifted(page);
    // Below a tenth counts as good (web.dev, "Cumulative Layout Shift").
    if (shift >= 0.1) moved.push(`${name}: ${shift.toFixed(3)}`);
  });
  expect(moved).toEqual([]);
  await context.close();
});
