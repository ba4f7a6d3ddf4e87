/** Where lines begin and end in a text, for edits that keep the others as they are. */

export function lineStart(source: string, at: number): number {
  return source.lastIndexOf('\n', at - 1) + 1;
}

/** Before its line break. */
export function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  if (end < 0) return source.length;
  return source[end - 1] === '\r' ? end - 1 : end;
}

export function nextLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end + 1;
}

/** As the line ends, or else the text. */
export function lineBreak(source: string, at: number): string {
  const line = source.slice(at, nextLine(source, at));
  return (line.includes('\n') ? line : source).includes('\r\n') ? '\r\n' : '\n';
}

/** @param column Of the comments: those right above that begin in it. */
export function commentsAbove(source: string, line: number, column: number): number {
  const comment = `${' '.repeat(column)}#`;
  let start = line;
  while (start > 0) {
    const above = lineStart(source, start - 1);
    if (!source.startsWith(comment, above)) return start;
    start = above;
  }
  return start;
}
