import { jsonLines, type Terminal, terminal } from './terminal.ts';

/** Whether the command was asked for JSON. What stands after `--` is another command's. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}

export const inJson = asksForJson(process.argv.slice(2));

/** What is said beside the answer, on stderr: text for people, or one JSON document a line. */
export const notes: Terminal = inJson
  ? jsonLines(process.stderr)
  : terminal(process.stderr, process.env);
