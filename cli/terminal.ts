import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { replaceControlCharacters, withoutControlCharacters } from '../core/text.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** An output of the command: stdout for its answer, stderr for notes. */
export type Terminal = {
  readonly print: (text: string) => void;
  readonly json: (value: unknown) => void;
  /** Prints the text for people, or the facts for programs; null is nothing for people. */
  readonly note: (text: string | null, facts: object) => void;
  readonly paint: (style: Style, text: string) => string;
};

/** Uses colours only on a terminal, and not with NO_COLOR (no-color.org). */
export function terminal(
  stream: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const colours = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const print = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    print,
    json: (value) => print(jsonText(value, 2)),
    note: (text) => (text === null ? undefined : print(text)),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Whether a line can be drawn anew in place: on a terminal that can move its cursor, and says how wide it is. */
export function canRedraw(
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && env['TERM'] !== 'dumb' && (columns ?? 0) > 0;
}

/** For programs: one JSON document per line; plain text becomes `{ "note": … }`. */
export function jsonLines(stream: Pick<WriteStream, 'write'>): Terminal {
  const json = (value: unknown): void => {
    stream.write(`${jsonText(value, 0)}\n`);
  };
  return {
    print: (note) => json({ note }),
    json,
    note: (_, facts) => json(facts),
    paint: (_, text) => text,
  };
}

/** Escapes the control characters that `JSON.stringify` leaves, except its own line breaks. */
function jsonText(value: unknown, indent: number): string {
  return replaceControlCharacters(JSON.stringify(value, null, indent), (character) =>
    character === '\n' ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Makes foreign text safe to print: it cannot move the cursor, or hide or reorder other text. */
export function plain(text: string): string {
  return withoutControlCharacters(text, ' ');
}

/** `1 case`, `2 cases`, `1 policy`, `2 policies`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
