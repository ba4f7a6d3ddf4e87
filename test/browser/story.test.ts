import { randomUUID } from 'node:crypto';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import * as responses from '../../core/api/responses.ts';
import {
  awsClient,
  BUCKET,
  call,
  fillBucket,
  refusal,
  s3,
  tokenFor,
  until,
} from '../e2e/support.ts';
import { newPerson, type Person, pageAddress, signIn, startBrowser } from './browser.ts';

/**
 * What people do with the page, by visible names and roles alone: nobody here has read the documentation. Only the use
 * of the keys is a program's.
 */

let browser: Browser;
const people: Person[] = [];
beforeAll(async () => {
  browser = await startBrowser();
  await fillBucket();
});
afterEach(async () => {
  for (const { context, faults } of people.splice(0)) {
    await context.close();
    expect(faults).toEqual([]);
  }
});
afterAll(() => browser.close());

async function signedIn(name: string, groups: string, place = ''): Promise<Page> {
  const person = await newPerson(browser, { viewport: { width: 1280, height: 900 } });
  people.push(person);
  await person.page.goto(`${pageAddress()}${place}`);
  await signIn(person.page, name, groups);
  return person.page;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true });

async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click();
  await heading(page, view).waitFor();
}

type Wish = {
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly reason: string;
};

async function fillIn(page: Page, { entitlement, parameters, reason }: Wish): Promise<void> {
  await goTo(page, 'Request');
  await page.getByLabel('Entitlement', { exact: true }).fill(entitlement);
  await page.getByLabel('Entitlement', { exact: true }).press('Enter');
  for (const [name, value] of Object.entries(parameters)) {
    await page.getByLabel(name, { exact: true }).fill(value);
  }
  await page.getByLabel('Duration', { exact: true }).fill('30m');
  await page.getByLabel('Justification', { exact: true }).fill(reason);
}

function idOn(page: Page): string {
  return /#\/grants\/(gr_[0-9a-z]+)/.exec(page.url())?.[1] ?? '';
}

async function keysFor(name: string, groups: readonly string[], id: string) {
  const token = await tokenFor('people', {
    sub: name,
    email: `${name}@acme.example`,
    groups,
    amr: ['mfa'],
  });
  return await call('POST', `/v1/grants/${id}/credentials`, token);
}

const TABLE = { entitlement: 'database-admin', parameters: { table: 'orders' } };
const RELEASE = { entitlement: 'artifacts-read', parameters: { prefix: 'releases/1' } };

test('she requests, he approves, she uses it and is done, and her keys are dead', async () => {
  const [ana, bo] = [`ana-${randomUUID()}`, `bo-${randomUUID()}`];
  const asks = await signedIn(ana, 'developers');
  await fillIn(asks, { ...TABLE, reason: 'Repair order 4711' });
  await asks.getByText('Needs approval').first().waitFor();
  await button(asks, 'Request access').click();
  await heading(asks, 'Administer one table of the order database').waitFor();
  const id = idOn(asks);

  const votes = await signedIn(bo, 'database');
  await goTo(votes, 'Approve');
  await votes
    .getByRole('link', { name: new RegExp(ana) })
    .first()
    .click();
  await votes.getByText('Repair order 4711').first().waitFor();
  await votes.getByLabel('Comment', { exact: true }).fill('Go ahead');
  await button(votes, 'Approve').click();
  await votes
    .getByText(/^Approved: /)
    .first()
    .waitFor();

  // She sees it without a reload.
  await button(asks, "I'm done").waitFor();
  const vended = await keysFor(ana, ['developers'], id);
  expect(vended.status).toBe(200);
  const { credentials } = responses.vended.parse(vended.body);
  const read = () =>
    refusal(
      new DynamoDBClient(awsClient(credentials)).send(
        new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1' } } }),
      ),
    );
  expect(await read()).toBe('ResourceNotFoundException');
  await button(asks, "I'm done").click();
  await asks.getByText('Revoked').first().waitFor({ timeout: 60_000 });
  await until('the keys are refused', async () =>
    (await read())?.startsWith('AccessDenied') ? true : null,
  );
});

test('she is denied, and reads who said so and why', async () => {
  const [ana, bo] = [`ana-${randomUUID()}`, `bo-${randomUUID()}`];
  const asks = await signedIn(ana, 'developers');
  await fillIn(asks, { ...TABLE, reason: 'Look around' });
  await button(asks, 'Request access').click();
  await heading(asks, 'Administer one table of the order database').waitFor();
  const votes = await signedIn(bo, 'database', `#/grants/${idOn(asks)}`);
  await votes.getByLabel('Comment', { exact: true }).fill('Use the replica');
  await button(votes, 'Deny').click();
  await asks.getByText('Use the replica').first().waitFor();
  await asks.getByText(`${bo}@acme.example`).first().waitFor();
});

test('security revokes what is in use, and finds out what happened', async () => {
  const [ana, sam] = [`ana-${randomUUID()}`, `sam-${randomUUID()}`];
  const asks = await signedIn(ana, 'platform');
  await fillIn(asks, { ...RELEASE, reason: 'Roll back 4711' });
  await asks.getByText('Allowed at once').first().waitFor();
  await button(asks, 'Request access').click();
  await heading(asks, 'Read a prefix of the artifacts bucket').waitFor();
  const vended = await keysFor(ana, ['platform'], idOn(asks));
  const { credentials } = responses.vended.parse(vended.body);
  const read = () =>
    refusal(
      s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz' })),
    );
  expect(await read()).toBeNull();

  const watches = await signedIn(sam, 'security');
  await goTo(watches, 'All grants');
  const row = watches
    .getByRole('row')
    .filter({ hasText: 'Roll back 4711' })
    .filter({ hasText: ana });
  await row.getByRole('link', { name: idOn(asks) }).click();
  await heading(watches, 'Read a prefix of the artifacts bucket').waitFor();
  await watches.getByText('Roll back 4711').first().waitFor();
  await button(watches, 'Revoke').first().click();
  const dialog = watches.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill('Laptop stolen');
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await watches.getByText('Laptop stolen').first().waitFor();
  await until('the keys are refused', async () =>
    (await read())?.startsWith('AccessDenied') ? true : null,
  );
  await asks.getByText('Laptop stolen').first().waitFor();
});

test('two tabs of one person show the same, and the back button leads back', async () => {
  const ana = `ana-${randomUUID()}`;
  const first = await signedIn(ana, 'platform');
  await fillIn(first, { ...RELEASE, reason: 'Compare two releases' });
  await button(first, 'Request access').click();
  await heading(first, 'Read a prefix of the artifacts bucket').waitFor();

  const second = await first.context().newPage();
  await second.goto(pageAddress());
  // The provider knows her already: no form.
  await button(second, 'Sign in').click();
  await second.getByText('Compare two releases').first().waitFor();
  await button(second, "I'm done").click();
  await first
    .getByText(/^(Revoking|Revoked|Expired)$/)
    .first()
    .waitFor({ timeout: 60_000 });

  await first.goBack();
  await heading(first, 'Request').waitFor();
  await first.goForward();
  await heading(first, 'Read a prefix of the artifacts bucket').waitFor();
});

test('who is suspended in the middle of it is told so, and nothing is granted', async () => {
  const ana = `ana-${randomUUID()}`;
  const asks = await signedIn(ana, 'platform');
  await fillIn(asks, { ...RELEASE, reason: 'Compare two releases' });
  await asks.getByText('Allowed at once').first().waitFor();
  const sam = await tokenFor('people', { sub: `sam-${randomUUID()}`, groups: ['security'] });
  const suspended = await call('POST', `/v1/principals/people%3A${ana}/suspend`, sam, {
    reason: 'Laptop stolen',
  });
  expect(suspended.status).toBe(200);
  await button(asks, 'Request access').click();
  await asks
    .getByText(/suspended/i)
    .first()
    .waitFor();
  const granted = await call('GET', `/v1/grants?requester=people%3A${ana}`, sam);
  expect(granted.body['grants']).toEqual([]);
});
