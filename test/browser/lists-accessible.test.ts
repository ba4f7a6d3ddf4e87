import { randomUUID } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const VIEWS = [
  ['All grants', 'grants'],
  ['Decisions', 'decisions'],
  ['Overview', 'overview?days=30'],
  ['Usage', 'usage?entitlement=artifacts-read&days=30'],
  ['People', 'people?principal=people:nobody'],
] as const;

test.each(['light', 'dark'] as const)(
  'the lists and figures are accessible, %s',
  async (colorScheme) => {
    const { page, faults } = await newPerson(browser, {
      ...{ colorScheme, reducedMotion: 'reduce', viewport: { width: 320, height: 800 } },
    });
    await page.goto(pageAddress());
    await signIn(page, `auditor-${randomUUID()}`, 'security');
    for (const [name, hash] of VIEWS) {
      await page.goto(`${pageAddress()}#/${hash}`);
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await page
        .getByText(/^Loading/)
        .first()
        .waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      expect([name, await violations(page)]).toEqual([name, []]);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([name, wider]).toEqual([name, 0]);
    }
    expect(faults).toEqual([]);
  },
);
