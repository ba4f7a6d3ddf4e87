/** The width of everything that help prints where the width of the terminal is not known. */
export const HELP_WIDTH = 80;

/** Breaks a command line where a shell goes on reading, so that it fits and can be pasted. */
export function wrapCommand(line: string, indent: string, first = ''): string {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const rows: string[] = [];
  let row = `${indent}${first}`;
  for (const word of words) {
    const longer = row.trim() === first.trim() ? `${row}${word}` : `${row} ${word}`;
    if (longer.length <= HELP_WIDTH - ' \\'.length || row.trim() === '') row = longer;
    else {
      rows.push(`${row} \\`);
      row = `${indent}    ${word}`;
    }
  }
  return [...rows, row].join('\n');
}
