import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { buildPage, type PageFile, pack } from '../lib/page-files.ts';
import { startStack } from '../local/stack.ts';
import type { LocalState } from '../local/state-folder.ts';
import { newPerson, signIn, startBrowser } from '../test/browser/browser.ts';
import { printResults } from './print-results.ts';

/** The page: its sizes, and how soon it is seen over a slow connection. */

/** Lighthouse's "slow 4G": 1.6 Mbit/s down, 0.75 up, 150 ms there and back. */
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};

const RUNS = 5;

type PageFigures = {
  /** Kilobytes before the first view. */
  readonly scriptsGzip: number;
  readonly scriptsBrotli: number;
  readonly stylesGzip: number;
  readonly stylesBrotli: number;
  /** All views together. */
  readonly allBrotli: number;
  /** Milliseconds over slow 4G with an empty cache, the median of five: until the button to sign in is seen. */
  readonly signInView: number;
  /** From the return of the provider until My access is seen with what it shows. */
  readonly firstView: number;
  /** The same after a reload. */
  readonly nextView: number;
};

export async function measurePage({ apiUrl }: LocalState): Promise<PageFigures> {
  const browser = await startBrowser();
  try {
    const runs: Seen[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await seenAfter(browser, `${apiUrl}/`, run));
    const median = (of: keyof Seen): number =>
      runs.map((run) => run[of]).toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
    return {
      ...sizes(),
      signInView: median('signInView'),
      firstView: median('firstView'),
      nextView: median('nextView'),
    };
  } finally {
    await browser.close();
  }
}

function sizes() {
  const { html, assets } = buildPage();
  const first = assets.filter(({ name }) => html.includes(name));
  const kilobytes = (
    end: string,
    size: (bytes: Uint8Array) => number,
    of: readonly PageFile[] = first,
  ): number =>
    Math.round(
      of.reduce((sum, { name, bytes }) => sum + (name.endsWith(end) ? size(bytes) : 0), 0) / 1000,
    );
  const gzip = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;
  const brotli = (bytes: Uint8Array): number => pack(bytes).length;
  return {
    scriptsGzip: kilobytes('.js', gzip),
    scriptsBrotli: kilobytes('.js', brotli),
    stylesGzip: kilobytes('.css', gzip),
    stylesBrotli: kilobytes('.css', brotli),
    allBrotli: kilobytes('', brotli, assets),
  };
}

type Seen = Pick<PageFigures, 'signInView' | 'firstView' | 'nextView'>;

async function seenAfter(browser: Browser, address: string, run: number): Promise<Seen> {
  const { page, context } = await newPerson(browser);
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', SLOW_4G);
  await page.goto(address);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const signInView = await sinceNavigation(page);
  await signIn(page, `bench-${run}`, 'developers');
  const firstView = await viewSeen(page);
  await page.reload();
  const nextView = await viewSeen(page);
  await context.close();
  return { signInView, firstView, nextView };
}

async function viewSeen(page: Page): Promise<number> {
  await page.getByRole('heading', { level: 1, name: 'My access' }).waitFor();
  return sinceNavigation(page);
}

/** Milliseconds since the browser began to load the page that it shows. */
function sinceNavigation(page: Page): Promise<number> {
  return page.evaluate(() => Math.round(performance.now()));
}

if (import.meta.main) {
  const stack = await startStack({
    ...{ stateDir: '.valetkey/bench', policyDir: 'policy', log: console.error },
  });
  try {
    const page = await measurePage(stack.state);
    const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as object;
    writeFileSync('bench/results.json', `${JSON.stringify({ ...results, page }, null, 2)}\n`);
    printResults(page);
  } finally {
    await stack.stop();
  }
}
