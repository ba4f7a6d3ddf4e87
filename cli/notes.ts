import { jsonLines, type Terminal, terminal } from './terminal.ts';

/** Whether `--json` is among the options; what follows `--` belongs to another command. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}

export const inJson = wantsJson(process.argv.slice(2));

/** Messages on stderr, next to the answer on stdout: text, or with `--json` one document per line. */
export const notes: Terminal = inJson
  ? jsonLines(process.stderr)
  : terminal(process.stderr, process.env);
