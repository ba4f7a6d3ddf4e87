import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { stack } from '../e2e/support.ts';

/** A real browser on the local stack. */

/** Where Debian has it, or what the environment says. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** @throws Error that says how to install it: tests without a browser would test nothing. */
export function startBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no ${CHROMIUM}. Install Chromium (Debian: apt-get install chromium), or set CHROMIUM to its path.`,
    );
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

export type Person = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What must not happen: violations of the policy, errors of scripts, requests to others. */
  readonly faults: string[];
};

type Settings = NonNullable<Parameters<Browser['newContext']>[0]>;

/** A new context, so that nobody shares a session, which notes everything that must not happen. */
export async function newPerson(browser: Browser, settings: Settings = {}): Promise<Person> {
  const context = await browser.newContext(settings);
  const faults: string[] = [];
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      console.error(`CSP: ${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
  const page = await context.newPage();
  watch(page, faults);
  context.on('page', (other) => watch(other, faults));
  return { context, page, faults };
}

function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refused call is an answer, which the page shows; the browser logs it all the same.
    const refused = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !refused) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== '127.0.0.1' && !['data:', 'blob:'].includes(protocol)) {
      faults.push(`request to a third party: ${request.url()}`);
    }
  });
}

export function pageAddress(): string {
  return process.env['VALETKEY_PAGE'] ?? `${stack().apiUrl}/`;
}

/** Signs in by the local provider's form, and waits for the page. */
export async function signIn(page: Page, user: string, groups: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Groups').fill(groups);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}
