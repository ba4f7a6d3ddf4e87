/** Reads CSV by the grammar of RFC 4180, section 2, and nothing beyond it. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length; ) {
    const [field, end] = text[at] === '"' ? quoted(text, at + 1) : bare(text, at);
    record.push(field);
    const isEnd = text.startsWith('\r\n', end);
    if (!isEnd && text[end] !== ',') throw new Error(`neither comma nor CRLF at ${end}`);
    if (isEnd) {
      records.push(record);
      record = [];
    }
    at = end + (isEnd ? 2 : 1);
  }
  if (record.length > 0) throw new Error('the last record has no end');
  return records;
}

function quoted(text: string, from: number): [string, number] {
  let field = '';
  for (let at = from; at < text.length; at += 1) {
    if (text[at] !== '"') field += text[at];
    else if (text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else return [field, at + 1];
  }
  throw new Error('a quoted field has no end');
}

function bare(text: string, from: number): [string, number] {
  const length = text.slice(from).search(/[",\r\n]|$/);
  return [text.slice(from, from + length), from + length];
}
