import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './run-command.ts';

/** What a process used, without its parent. */
export type Usage = {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  /** The most that was no garbage, with the flag {@link TELL_HELD}, which costs time. Otherwise 0. */
  readonly heldMegabytes: number;
};

export const TELL_HELD = '--expose-gc';

const TELLER = new URL('tell-usage.ts', import.meta.url).href;

/**
 * Runs the command.
 *
 * @param flag Of Node.
 * @throws Error if the command fails.
 */
export async function usageOf(
  { folder, run }: Home,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  flag = '',
): Promise<Usage> {
  const file = join(folder, 'usage.json');
  const NODE_OPTIONS = `--import=${TELLER} ${flag}`;
  const { code, err } = await run(args, { ...env, NODE_OPTIONS, USAGE_FILE: file });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(readFileSync(file, 'utf8')) as Usage;
}
