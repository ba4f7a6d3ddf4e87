import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { call, tokenFor } from '../e2e/support.ts';
import { newPerson, pageAddress, signIn, startBrowser } from './browser.ts';

/**
 * `npm run tour`, beside a running `npm run local`: makes some grants, and takes a picture of every view in light and
 * dark for docs/tour.
 */

const FOLDER = join('docs', 'tour');

type Token = string;

function person(name: string, groups: readonly string[]): Promise<Token> {
  return tokenFor('people', { sub: name, email: `${name}@acme.example`, groups, amr: ['mfa'] });
}

async function request(token: Token, body: object): Promise<string> {
  const answer = await call('POST', '/v1/grants', token, { durationSeconds: 1800, ...body });
  return String(answer.body['id'] ?? answer.body['grantId']);
}

const release = (prefix: string, justification: string) => ({
  ...{ entitlement: 'artifacts-read', parameters: { prefix }, justification },
});
const table = (name: string, justification: string, ticket: string) => ({
  ...{ entitlement: 'database-admin', parameters: { table: name }, justification, ticket },
});

/** What a team has done on an ordinary morning. @returns the grant that waits for a vote */
async function ordinaryMorning(): Promise<string> {
  const [ana, eve, dba, sam] = await Promise.all([
    person('ana', ['platform', 'developers']),
    person('eve', ['developers']),
    person('bo', ['database']),
    person('sam', ['security']),
  ]);
  const used = await request(ana, release('releases/2026-11', 'Roll back release 4711'));
  await call('POST', `/v1/grants/${used}/credentials`, ana, {});
  const done = await request(ana, release('releases/2026-10', 'Compare with the last release'));
  await call('POST', `/v1/grants/${done}/credentials`, ana, {});
  await call('POST', `/v1/grants/${done}/revoke`, ana, { reason: 'done' });
  const repaired = await request(eve, table('orders-archive', 'Restore a lost order', 'OPS-4700'));
  await call('POST', `/v1/grants/${repaired}/approve`, dba, { comment: 'Go ahead' });
  const refused = await request(eve, table('orders-eu', 'Look around', 'OPS-4702'));
  await call('POST', `/v1/grants/${refused}/deny`, dba, { comment: 'Use the replica' });
  await request(eve, release('releases/2026-11', 'No right to this'));
  await call('POST', '/v1/principals/people%3Amallory/suspend', sam, { reason: 'Laptop stolen' });
  await request(eve, table('orders-eu', 'Delete a duplicate order', 'OPS-4712'));
  return request(ana, table('orders', 'Repair order 4711', 'OPS-4711'));
}

const slug = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

async function picture(page: Page, name: string, place: string, scheme: string): Promise<void> {
  await page.goto(`${pageAddress()}${place}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(FOLDER, `${slug(name)}-${scheme}.png`) });
}

async function tour(
  browser: Browser,
  waiting: string,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const settings = {
    viewport: { width: 1280, height: 860 },
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
  };
  const visits = [
    {
      ...{ user: 'ana', groups: 'platform developers' },
      views: [
        ['My access', ''],
        [
          'Request',
          '#/request?entitlement=artifacts-read&param.prefix=releases/2026-11&duration=30m&justification=Roll+back+release+4711',
        ],
      ],
    },
    { user: 'bo', groups: 'database', views: [['Approve', `#/approve?grant=${waiting}`]] },
    {
      ...{ user: 'sam', groups: 'security' },
      views: [
        ['Grant', `#/grants/${waiting}`],
        ['All grants', '#/grants'],
        ['Decisions', '#/decisions'],
        ['Overview', '#/overview'],
        ['People', '#/people'],
        ['Policy', '#/policy'],
      ],
    },
  ];
  for (const { user, groups, views } of visits) {
    const { page, context } = await newPerson(browser, settings);
    await page.goto(pageAddress());
    await signIn(page, user, groups);
    for (const [name = '', place = ''] of views) await picture(page, name, place, colorScheme);
    await context.close();
  }
}

mkdirSync(FOLDER, { recursive: true });
const waiting = await ordinaryMorning();
const browser = await startBrowser();
try {
  for (const scheme of ['light', 'dark'] as const) await tour(browser, waiting, scheme);
} finally {
  await browser.close();
}
