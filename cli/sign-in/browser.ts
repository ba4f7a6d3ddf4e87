import { spawn } from 'node:child_process';

/** Opens pages in the user's browser. */

type Env = Readonly<Record<string, string | undefined>>;

/** Why no browser of the user would open here; null if one might. */
export function whyNoBrowser(env: Env, platform: NodeJS.Platform): string | null {
  if (env['BROWSER']) return null;
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return 'this is a remote shell';
  const desktop = env['DISPLAY'] || env['WAYLAND_DISPLAY'];
  const hasOwn = platform === 'darwin' || platform === 'win32';
  return hasOwn || desktop ? null : 'this machine has no desktop';
}

type CommandLine = readonly [program: string, ...args: string[]];

/**
 * What to try in turn: the programs of $BROWSER, separated as paths are, in which `%s` stands for the address; else
 * what the system has.
 */
export function browsersFor(
  url: string,
  env: Env,
  platform: NodeJS.Platform,
): readonly CommandLine[] {
  const separator = platform === 'win32' ? ';' : ':';
  const own = (env['BROWSER'] ?? '').split(separator).flatMap((line): CommandLine[] => {
    const [program, ...args] = line.trim().split(/\s+/);
    if (program === undefined || program === '') return [];
    const hasPlace = args.some((word) => word.includes('%s'));
    return [
      [program, ...args.map((word) => word.replaceAll('%s', url)), ...(hasPlace ? [] : [url])],
    ];
  });
  if (own.length > 0) return own;
  if (platform === 'darwin') return [['open', url]];
  if (platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler', url]];
  return [['xdg-open', url]];
}

/** How long a program that fails may take to do so. One that still runs is a browser. */
const FAILS_WITHIN_MS = 3000;

/**
 * Starts a browser, without a shell.
 *
 * @returns whether one started.
 */
export async function openInBrowser(url: string): Promise<boolean> {
  for (const line of browsersFor(url, process.env, process.platform)) {
    if (await starts(line)) return true;
  }
  return false;
}

function starts([program, ...args]: CommandLine): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    const timer = setTimeout(() => resolve(true), FAILS_WITHIN_MS);
    timer.unref();
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.unref();
  });
}
