import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, CDPSession } from 'playwright-core';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const UPDATES = 200;

/** Bytes of the heap of scripts, after two collections of garbage. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

test('memory stays flat over 200 updates', async () => {
  const { page, context } = await newPerson(browser);
  await page.clock.install();
  await page.goto(pageAddress());
  await signIn(page, `ana-${randomUUID()}`, 'platform');
  await page.getByRole('heading', { level: 1, name: 'My access' }).waitFor();
  const session = await context.newCDPSession(page);
  let answers = 0;
  page.on('response', (response) => {
    if (response.url().includes('/v1/grants')) answers += 1;
  });
  const update = async (count: number): Promise<void> => {
    const until = answers + count;
    while (answers < until) {
      await page.clock.runFor(1000);
      await page.waitForTimeout(20);
    }
  };
  await update(20);
  const before = await heapOf(session);
  await update(UPDATES);
  // A copy of each answer kept would be megabytes.
  expect((await heapOf(session)) - before).toBeLessThan(1_000_000);
  await context.close();
});
