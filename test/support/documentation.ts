import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pages of the documentation, and what readers copy from them. */

/** Pages that are made from the code have tests of their own, and a changelog tells of old versions. */
const ELSEWHERE = /^(CHANGELOG\.md|docs\/reference\/)/;

export const PAGES: readonly string[] = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].filter((page) => !ELSEWHERE.test(page));

export type Block = {
  readonly page: string;
  /** Of the fence's first line, counted from 1. */
  readonly line: number;
  /** After the fence's backticks; empty for transcripts. */
  readonly language: string;
  readonly text: string;
};

export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(page, 'utf8');
  return Array.from(text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), (match) => {
    const [, language = '', inside = ''] = match;
    return { page, line: text.slice(0, match.index).split('\n').length, language, text: inside };
  });
}

/** A command of a transcript, and what it printed. */
export type Step = { readonly command: string; readonly output: string };

/** The commands after `$`, which may go on in the next line, each with the lines up to the next. */
export function stepsOf({ text }: Block): readonly Step[] {
  const [, ...parts] = text.replaceAll(/\\\n\s*/g, '').split(/^\$ /m);
  return parts.map((part) => {
    const [command = '', ...output] = part.split('\n');
    return { command, output: output.join('\n').trim() };
  });
}

/** The words of a command line, without quotes, up to a comment. */
export function wordsOf(line: string): readonly string[] {
  const words = line.matchAll(/(?:[^\s"'#]|"[^"]*"|'[^']*'|(?<=\S)#)+|#.*$/g);
  return Array.from(words, ([word]) => word)
    .filter((word) => !word.startsWith('#'))
    .map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

/** Whether a text is what a page shows, where `…` stands for anything: in a line of its own, for lines. */
export function looksLike(text: string, shown: string): boolean {
  const pattern = shown
    .split('\n')
    .map((line) =>
      line.trim() === '…'
        ? '(?:.*\\n)*?.*'
        : line
            .trimEnd()
            .split('…')
            .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
            .join('.*'),
    )
    .join('\\n');
  const printed = text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
  return new RegExp(`^${pattern}$`).test(printed);
}
