import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes its answer. */
export type Terminal = {
  readonly print: (text: string) => void;
  readonly json: (value: unknown) => void;
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
    print,
    json: (value) => print(JSON.stringify(value, null, 2)),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** `1 case`, `2 cases`, `1 policy`, `2 policies`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
