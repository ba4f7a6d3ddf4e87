import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { call, person, stack, until } from '../e2e/support.ts';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

/** What an attacker tries on the page, in a real browser. */

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
  const one = await newPerson(browser);
  people.push(one);
  return one;
}

const user = (): string => `mallory-${randomUUID()}`;

describe('the policy of the page', () => {
  test('is exactly this, and has nothing unsafe', async () => {
    const answer = await fetch(pageAddress());
    const { origin } = new URL(stack().issuers['people'] ?? '');
    expect(answer.headers.get('content-security-policy')?.split('; ')).toEqual([
      ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"],
      ...["worker-src 'self'", `connect-src 'self' ${origin}`, "base-uri 'none'"],
      ...["form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
      'trusted-types valetkey-worker',
    ]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('stops text that would become script', async () => {
    const { page, faults } = await somebody();
    await page.goto(pageAddress());
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const tries = await page.evaluate(() => {
      const stopped = (act: () => unknown): boolean => {
        try {
          act();
          return false;
        } catch {
          return true;
        }
      };
      const trusted = (
        globalThis as unknown as {
          trustedTypes: { createPolicy: (name: string, rules: object) => void };
        }
      ).trustedTypes;
      return [
        stopped(() => {
          document.createElement('div').innerHTML = '<b>x</b>';
        }),
        stopped(() => {
          document.createElement('script').src = '/x.js';
        }),
        stopped(() => new Worker('/x.js')),
        stopped(() => document.write('x')),
        stopped(() => trusted.createPolicy('own', {})),
      ];
    });
    expect(tries).toEqual([true, true, true, true, true]);
    // Each of them is reported, so that none goes unnoticed.
    const reports = () => faults.filter((fault) => fault.startsWith('console: CSP: '));
    await until('reports', async () => (reports().length === tries.length ? true : null));
    expect(reports().every((fault) => fault.includes('trusted-types'))).toBe(true);
    faults.splice(0);
  });

  test('lets nobody frame the page', async () => {
    const { page, faults } = await somebody();
    await page.setContent(`<iframe src="${pageAddress()}"></iframe>`);
    const inside = page.frameLocator('iframe');
    await page.waitForTimeout(1500);
    expect(await inside.getByRole('button', { name: 'Sign in' }).count()).toBe(0);
    faults.splice(0);
  });
});

describe('open redirects', () => {
  test.each([
    '?state=x&code=y&hash=//evil.example',
    '?state=x&code=y&redirect_uri=https://evil.example#//evil.example',
    '#//evil.example',
    '#/https://evil.example',
    '#/grants/..%2f..%2f%2fevil.example',
  ])('%s stays here, also after signing in', async (attempt) => {
    const { page } = await somebody();
    await page.goto(`${pageAddress()}${attempt}`);
    await signIn(page, user(), 'developers');
    expect(page.url().startsWith(pageAddress())).toBe(true);
    expect(new URL(page.url()).search).toBe('');
  });

  test.each(['//evil.example/', '@evil.example/', 'https://evil.example/', '/../../evil'])(
    'a forged place to go back to, %s, stays here',
    async (hash) => {
      const { page } = await somebody();
      await page.goto(pageAddress());
      await page.evaluate((forged) => {
        const pending = { state: 's', nonce: 'n', verifier: 'v', hash: forged, silent: false };
        sessionStorage.setItem('valetkey.sign-in', JSON.stringify({ ...pending, drafts: {} }));
      }, hash);
      await page.goto(`${pageAddress()}?state=s&code=c`);
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      expect(new URL(page.url()).origin).toBe(new URL(pageAddress()).origin);
    },
  );
});

/** The bearer token that the page sends. */
function tokenOf(page: Page): Promise<string> {
  return page
    .waitForRequest((request) => request.url().includes('/v1/'))
    .then(async (request) => (await request.headerValue('authorization'))?.slice(7) ?? '');
}

/** Whether a text is anywhere in the memory of the page's scripts. */
async function isInMemory(page: Page, text: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('').includes(text);
}

test('the token is in memory alone, and gone with the session', async () => {
  const { page, context } = await somebody();
  await page.goto(pageAddress());
  const sent = tokenOf(page);
  const name = user();
  await signIn(page, name, 'developers');
  const token = await sent;
  expect(token.split('.')).toHaveLength(3);
  const signature = token.split('.')[2] ?? '';
  const stored = async (): Promise<string> =>
    JSON.stringify([
      await page.evaluate(() => [{ ...sessionStorage }, { ...localStorage }, document.cookie]),
      (await context.cookies()).map(({ value }) => value),
      await page.evaluate(() => indexedDB.databases()),
    ]);
  expect(await stored()).not.toMatch(/eyJ|valetkey\.sign-in/);
  expect(await stored()).not.toContain(signature);
  expect(await isInMemory(page, signature.slice(0, 40))).toBe(true);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await isInMemory(page, signature.slice(0, 40))).toBe(false);
  expect(await stored()).not.toMatch(/eyJ/);
  await page.goBack();
  await page.waitForTimeout(500);
  expect(await page.content()).not.toContain(name);
});

/** Runs if it ever becomes markup, and cannot be missed as text. */
const attack = (mark: string): string =>
  `${mark}<img src=x onerror="globalThis.hacked=1">"'><script>globalThis.hacked=1</script>`;

async function demandHarmless(page: Page): Promise<void> {
  const found = await page.evaluate(() => [
    (globalThis as { hacked?: number }).hacked,
    document.querySelectorAll('img[src="x"], main script').length,
  ]);
  expect(found).toEqual([undefined, 0]);
}

test('what people write is text wherever it is shown', async () => {
  const mark = randomUUID().slice(0, 8);
  const written = attack(mark);
  const now = Math.floor(Date.now() / 1000);
  const mfa = { amr: ['mfa'], auth_time: now };
  const requester = await person(['developers'], { ...mfa, email: written, name: written });
  const request = {
    ...{ entitlement: 'database-admin', parameters: { table: 'orders' }, durationSeconds: 900 },
    ...{ justification: written, ticket: `T-${mark}` },
  };
  const asked = await call('POST', '/v1/grants', requester, request);
  expect(asked.status).toBe(201);
  const { id } = asked.body as { readonly id: string };

  const approver = await somebody();
  await approver.page.goto(`${pageAddress()}#/approve`);
  await signIn(approver.page, user(), 'database');
  await approver.page.getByText(mark).first().waitFor();
  await demandHarmless(approver.page);

  const voter = await person(['database'], mfa);
  const vote = await call('POST', `/v1/grants/${id}/approve`, voter, { comment: written });
  expect(vote.status).toBe(200);
  const revoked = await call('POST', `/v1/grants/${id}/revoke`, requester, { reason: written });
  expect(revoked.status).toBe(200);

  const auditor = await somebody();
  const { page } = auditor;
  await page.goto(`${pageAddress()}#/grants/${id}`);
  await signIn(page, user(), 'security');
  await page.getByText(mark).first().waitFor();
  expect(await page.locator('main').innerText()).toContain(written);
  await demandHarmless(page);
  for (const [place, heading] of [
    ['grants', 'All grants'],
    ['decisions', 'Decisions'],
    ['overview', 'Overview'],
    ['usage?entitlement=database-admin', 'Usage'],
  ] as const) {
    await page.goto(`${pageAddress()}#/${place}`);
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    await page.waitForLoadState('networkidle');
    await demandHarmless(page);
  }
});

describe('the files of the page', () => {
  const assetsIn = (html: string): readonly string[] =>
    [...html.matchAll(/(?:href|src)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);

  test('never change, and the page names the hash of each that it runs', async () => {
    const html = await (await fetch(pageAddress())).text();
    const linked = assetsIn(html);
    expect(linked.length).toBeGreaterThan(3);
    for (const path of linked) {
      const answer = await fetch(new URL(path, pageAddress()));
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      if (!path.endsWith('.svg')) expect(html).toContain(`"./${path}" integrity="sha384-`);
    }
  });

  test('the page is not sent again to who has it', async () => {
    const first = await fetch(pageAddress());
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await fetch(pageAddress(), {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });
});
