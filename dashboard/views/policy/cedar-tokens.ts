/** Cedar in parts, so that it can be read: which are words of the language, texts, comments and annotations. */

export type Token = {
  readonly kind: 'word' | 'text' | 'comment' | 'annotation' | 'plain';
  readonly text: string;
};

const WORDS =
  'permit|forbid|when|unless|principal|action|resource|context|in|is|has|like|if|then|else|true|false';

const PARTS = new RegExp(
  [
    /(?<comment>\/\/[^\n]*)/,
    /(?<text>"(?:[^"\\]|\\.)*")/,
    /(?<annotation>@\w+)/,
    new RegExp(`(?<word>\\b(?:${WORDS})\\b)`),
  ]
    .map(({ source }) => source)
    .join('|'),
  'gs',
);

/** The texts of all tokens together are the text. */
export function cedarTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const found of text.matchAll(PARTS)) {
    if (found.index > end) tokens.push({ kind: 'plain', text: text.slice(end, found.index) });
    const [kind = 'plain'] =
      Object.entries(found.groups ?? {}).find(([, part]) => part !== undefined) ?? [];
    tokens.push({ kind: kind as Token['kind'], text: found[0] });
    end = found.index + found[0].length;
  }
  if (end < text.length) tokens.push({ kind: 'plain', text: text.slice(end) });
  return tokens;
}
