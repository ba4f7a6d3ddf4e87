import { fileURLToPath } from 'node:url';
import { run } from '../../local/process.ts';

/** Runs the command on a terminal of its own. */

const TERMINAL = fileURLToPath(new URL('../e2e/cli/at-a-terminal.py', import.meta.url));
export const COMMAND = fileURLToPath(new URL('../../cli/valetkey.ts', import.meta.url));

export type Size = readonly [rows: number, columns: number];

/** Once the output matches: the size that the terminal takes, if any, and the keys to type. */
export type Step = readonly [pattern: string, keys: string, size?: Size];

export type AtTerminal = {
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly size?: Size;
};

export async function typeAtTerminal(
  args: readonly string[],
  steps: readonly Step[],
  { command = [process.execPath, COMMAND], env, size = [40, 120] }: AtTerminal,
): Promise<{ readonly code: number; readonly output: string }> {
  const wanted = { command: [...command, ...args], steps, size };
  const out = await run('python3', [TERMINAL, JSON.stringify(wanted)], {
    env: { TERM: 'xterm', ...env },
  });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as { code: number; output: string };
}

/** A control sequence, or one character. */
const ESCAPE = String.fromCharCode(27);
const PART = new RegExp(`${ESCAPE}\\[[\\d;?]*[a-zA-Z]|.`, 'gsu');

/**
 * The lines that a terminal of that width shows after the output: it wraps what is longer, `\r` returns to the
 * start of the row, and `ESC [2K` empties the row. Other sequences are left out.
 */
export function rowsOf(output: string, columns: number): readonly string[] {
  const rows: string[][] = [[]];
  let at = 0;
  const next = (): void => {
    rows.push([]);
  };
  const row = (): string[] => rows.at(-1) ?? [];
  for (const [part] of output.matchAll(PART)) {
    if (part === '\r') at = 0;
    else if (part === '\n') next();
    else if (part === '\u001b[2K') rows[rows.length - 1] = [];
    else if (!part.startsWith('\u001b')) {
      if (at >= columns) {
        next();
        at = 0;
      }
      row()[at] = part;
      at += 1;
    }
  }
  return rows.map((cells) =>
    Array.from(cells, (cell) => cell ?? ' ')
      .join('')
      .trimEnd(),
  );
}
