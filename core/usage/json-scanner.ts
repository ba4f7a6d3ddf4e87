/**
 * Finds where JSON values end, in pieces of bytes with any borders, without building them. It checks the structure
 * (brackets, colons, commas, no control character in a string), and neither numbers nor escapes: who parses the value
 * finds those out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */

/** Why `run` stopped. `array`: the value of a watched key begins. `key`: the awaited first key has ended. */
export type Stop = 'piece-ended' | 'closed' | 'broken' | 'array' | 'key';

/** No record of AWS comes near; a file of nothing but opening brackets ends here. */
const MOST_LEVELS = 100;

const [OTHER, SPACE, OPEN, CLOSE, COLON, COMMA, QUOTE, LITERAL] = [0, 1, 2, 3, 4, 5, 6, 7];
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;
const QUOTE_BYTE = 0x22;

const KIND = kinds();

function kinds(): Uint8Array {
  const of = new Uint8Array(256).fill(OTHER);
  const mark = (characters: string, kind: number): void => {
    for (const character of characters) of[character.charCodeAt(0)] = kind;
  };
  mark(' \t\r\n', SPACE);
  mark('{[', OPEN);
  mark('}]', CLOSE);
  mark(':', COLON);
  mark(',', COMMA);
  mark('"', QUOTE);
  mark('0123456789+-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', LITERAL);
  return of;
}

/** What may come next. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const AFTER_KEY = 4;
const AFTER_VALUE = 5;

export class JsonScanner {
  /** Where `run` stopped: behind what it names, and at the first byte that cannot be where it is broken. */
  at = 0;
  /** The last key of the outermost object, where it is as long as a watched one, or awaited. */
  key = '';

  private next = KEY_OR_END;
  private depth = 0;
  private readonly isObject = new Uint8Array(MOST_LEVELS);
  private inString = false;
  private escaped = false;
  private inLiteral = false;
  private keyBegun = '';

  private readonly watched: readonly string[];
  private watching = false;
  private awaited = false;

  /** @param watched keys of the outermost object whose value, if it is an array, is not scanned but reported. */
  constructor(watched: readonly string[]) {
    this.watched = watched;
  }

  /** Behind the `{` of a new object. */
  begin(watching: boolean, awaitKey: boolean): void {
    this.next = KEY_OR_END;
    this.depth = 1;
    this.isObject[0] = 1;
    this.inString = false;
    this.escaped = false;
    this.inLiteral = false;
    this.watching = watching;
    this.awaited = awaitKey;
    this.key = '';
    this.keyBegun = '';
  }

  /** Behind the `]` of an array that was reported. */
  resume(): void {
    this.begin(true, false);
    this.next = AFTER_VALUE;
  }

  run(bytes: Uint8Array, from: number): Stop {
    const end = bytes.length;
    let at = from;
    while (at < end) {
      if (this.inString) {
        at = this.string(bytes, at);
        if (this.at < 0) return this.stop('broken', at);
        if (this.inString) return this.stop('piece-ended', at);
        if (this.awaited && this.next === AFTER_KEY) {
          this.awaited = false;
          return this.stop('key', at);
        }
        continue;
      }
      const byte = bytes[at] as number;
      const kind = KIND[byte] as number;
      if (kind === LITERAL) {
        if (!this.inLiteral) {
          if (this.next > VALUE_OR_END) return this.stop('broken', at);
          this.inLiteral = true;
          this.next = AFTER_VALUE;
        }
        at += 1;
        continue;
      }
      this.inLiteral = false;
      if (kind !== SPACE) {
        const stop = this.token(kind, byte);
        if (stop === 'broken') return this.stop('broken', at);
        if (stop !== null) return this.stop(stop, at + 1);
      }
      at += 1;
    }
    return this.stop('piece-ended', at);
  }

  private stop(why: Stop, at: number): Stop {
    this.at = at;
    return why;
  }

  /** @returns why to stop; null to go on. */
  private token(kind: number, byte: number): Stop | null {
    const { next } = this;
    switch (kind) {
      case QUOTE:
        if (next > KEY_OR_END) return 'broken';
        this.next = next <= VALUE_OR_END ? AFTER_VALUE : AFTER_KEY;
        this.inString = true;
        this.keyBegun = '';
        return null;
      case COLON:
        if (next !== AFTER_KEY) return 'broken';
        this.next = VALUE;
        return null;
      case COMMA:
        if (next !== AFTER_VALUE) return 'broken';
        this.next = this.isObject[this.depth - 1] === 1 ? KEY : VALUE;
        return null;
      case OPEN:
        return this.open(byte);
      case CLOSE:
        return this.close(byte);
      default:
        return 'broken';
    }
  }

  private open(byte: number): Stop | null {
    if (this.next > VALUE_OR_END || this.depth === MOST_LEVELS) return 'broken';
    if (byte === OPEN_ARRAY && this.depth === 1 && this.watching && this.watched.includes(this.key))
      return 'array';
    this.isObject[this.depth] = byte === OPEN_OBJECT ? 1 : 0;
    this.depth += 1;
    this.next = byte === OPEN_OBJECT ? KEY_OR_END : VALUE_OR_END;
    return null;
  }

  private close(byte: number): Stop | null {
    const object = this.isObject[this.depth - 1] === 1;
    const empty = this.next === (object ? KEY_OR_END : VALUE_OR_END);
    if (object !== (byte === CLOSE_OBJECT)) return 'broken';
    if (!empty && this.next !== AFTER_VALUE) return 'broken';
    this.depth -= 1;
    this.next = AFTER_VALUE;
    return this.depth === 0 ? 'closed' : null;
  }

  /** Reads on in a string. `at` becomes -1 where it is broken. @returns the place behind its end, or where it stopped. */
  private string(bytes: Uint8Array, from: number): number {
    const end = bytes.length;
    let at = from;
    this.at = 0;
    if (this.escaped && at < end) {
      this.escaped = false;
      at += 1;
    }
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === QUOTE_BYTE) {
        this.inString = false;
        if (this.next === AFTER_KEY && this.depth === 1) this.keep(bytes, from, at, true);
        return at + 1;
      }
      if (byte === BACKSLASH) {
        at += 1;
        if (at === end) this.escaped = true;
      } else if (byte < 0x20) {
        this.at = -1;
        return at;
      }
      at += 1;
    }
    if (this.next === AFTER_KEY && this.depth === 1) this.keep(bytes, from, end, false);
    return end;
  }

  private keep(bytes: Uint8Array, from: number, to: number, whole: boolean): void {
    const length = this.keyBegun.length + to - from;
    const wanted =
      (this.watching && (!whole || this.watched.some((key) => key.length === length))) ||
      this.awaited;
    this.key = '';
    if (!wanted || length > MOST_KEY) return;
    const text = this.keyBegun + latin1(bytes, from, to);
    if (whole) this.key = text;
    else this.keyBegun = text;
  }
}

/** Longer keys are none that anybody looks for. */
const MOST_KEY = 64;

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] as number);
  return text;
}
