import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes its answer. */
export type Terminal = {
  /** Whether somebody looks, and can be asked. */
  readonly interactive: boolean;
  readonly print: (text: string) => void;
  readonly json: (value: unknown) => void;
  /** The same for people, who may not need it, and for programs. */
  readonly tell: (text: string | null, facts: object) => void;
  readonly paint: (style: Style, text: string) => string;
};

/** Colours only where somebody looks: on a terminal, and not under NO_COLOR (no-color.org). */
export function terminal(
  stream: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const colours = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const print = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    interactive: stream.isTTY === true && env['CI'] === undefined,
    print,
    json: (value) => print(jsonText(value, 2)),
    tell: (text) => (text === null ? undefined : print(text)),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** For programs: one document a line, `{ "note": … }` for what people would read as text. */
export function jsonLines(stream: Pick<WriteStream, 'write'>): Terminal {
  const json = (value: unknown): void => {
    stream.write(`${jsonText(value, 0)}\n`);
  };
  return {
    interactive: false,
    print: (note) => json({ note }),
    json,
    tell: (_, facts) => json(facts),
    paint: (_, text) => text,
  };
}

function jsonText(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replace(BEYOND_ASCII_CONTROL, escaped);
}

/** Controls that JSON does not escape by itself, but that some terminals obey. */
const BEYOND_ASCII_CONTROL = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Text from elsewhere as a terminal may show it: nothing in it moves the cursor, hides or reorders
 * what stands beside it, whoever wrote it.
 */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

/** `1 case`, `2 cases`, `1 policy`, `2 policies`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
