import { HeldBytes } from './held-bytes.ts';
import { JsonScanner } from './json-scanner.ts';
import type { NeedleTest } from './needle-test.ts';
import { FIRST_FIELDS, LISTS, lineOfRecord } from './record-fields.ts';

export type SplitPart =
  /** The JSON text of a record that the needle test lets through. */
  | { readonly kind: 'text'; readonly text: string; readonly record: number }
  /** `record` is its number, from 1; `offset` that of its first byte, from 0. */
  | {
      readonly kind: 'unreadable';
      readonly why: string;
      readonly record: number;
      readonly offset: number;
    };

/**
 * CloudTrail cuts events at 256 KB, and where a store of events says so, at 1 MB.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const LONGEST_RECORD = 2 * 1024 * 1024;

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_LIST = 0x5d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const EMPTY = new Uint8Array();

/**
 * `outside` of any value; in a list before its first element (`list`), behind an `element` or behind a `comma`; `inside`
 * of an object; `lost` behind what is broken; `loose` behind a record that was found again there.
 */
type Where = 'outside' | 'list' | 'element' | 'comma' | 'inside' | 'lost' | 'loose';

/**
 * What the object is that is read: one that may be a record or hold a list of them, one that holds a list, an element of a
 * list, or one that is only taken for a record if its first field is one of a record's.
 */
type Role = 'top' | 'wrapper' | 'element' | 'guess';

/**
 * Splits log text, in pieces of bytes with any borders, into the texts of single records: `{"Records":[…]}` as
 * CloudTrail writes it, `{"Events":[…]}` as LookupEvents answers, lists, an object per line, and any of these after each
 * other. It looks at structure alone; a record that cannot hold a needle is neither decoded nor parsed.
 *
 * What is broken is reported once, with its place, and reading goes on at the next line, or at the next object that
 * begins with a field of a record. Memory is bounded by `LONGEST_RECORD`; nothing throws.
 *
 * Libraries that stream JSON make tokens or values of all of it, and none goes on behind an error. Where this one read
 * 262 MB a second (166 with every record parsed), @streamparser/json 0.0.26 read 41 and stream-json 3.8.0 read 30.
 */
export class RecordSplitter {
  /** Records that began, the unreadable ones included. */
  records = 0;
  /** Records that the needle test kept out. */
  skipped = 0;

  private readonly wanted: NeedleTest;
  private readonly scanner = new JsonScanner(LISTS);
  private readonly held = new HeldBytes(LONGEST_RECORD);
  private where: Where = 'outside';
  private role: Role = 'top';
  private listInObject = false;
  private anyBroken = false;
  /** Offset of the piece, and the byte before it. */
  private base = 0;
  private before = NEWLINE;
  /** Bytes that were read twice, so that broken text costs no more than twice its length. */
  private repeated = 0;
  private parts: SplitPart[] = [];

  constructor(wanted: NeedleTest) {
    this.wanted = wanted;
  }

  push(piece: Uint8Array): readonly SplitPart[] {
    this.read(piece);
    return this.take();
  }

  /** Call it once, after the last piece. */
  end(): readonly SplitPart[] {
    const { where } = this;
    if (where === 'list' || where === 'element' || where === 'comma') {
      this.report(this.base, 'the list of records does not end');
    }
    while (this.where === 'inside') this.broken(EMPTY, 0, 'it does not end');
    return this.take();
  }

  private take(): readonly SplitPart[] {
    const { parts } = this;
    this.parts = [];
    return parts;
  }

  private read(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.where === 'inside') at = this.inside(piece, at);
      else if (this.where === 'lost') at = this.search(piece, at);
      else at = this.between(piece, at);
    }
    if (this.where === 'inside' && !this.held.hold(piece, this.base) && this.role !== 'guess') {
      this.report(this.held.start, TOO_LONG);
    }
    this.base += piece.length;
    this.before = piece.at(-1) ?? this.before;
  }

  /** @returns where to read on. */
  private between(piece: Uint8Array, at: number): number {
    const byte = piece[at] as number;
    const { where } = this;
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return at + 1;
    if (byte === OPEN_OBJECT && where !== 'element') {
      return this.begin(at, where === 'outside' || where === 'loose' ? 'top' : 'element');
    }
    if (byte === COMMA && (where === 'element' || where === 'loose')) {
      return this.go(where === 'element' ? 'comma' : 'loose', at);
    }
    if (byte === CLOSE_LIST && (where === 'list' || where === 'element')) return this.leaveList(at);
    // The end of a list whose beginning is lost, and what stands behind it.
    if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && where === 'loose') {
      return this.go('lost', at);
    }
    if (byte === OPEN_LIST && where === 'outside') {
      this.listInObject = false;
      return this.go('list', at);
    }
    if (where === 'outside' && byte === BYTE_ORDER_MARK[this.base + at]) return at + 1;
    this.report(this.base + at, 'no record begins here');
    this.anyBroken = true;
    return this.go('lost', at - 1);
  }

  private go(where: Where, at: number): number {
    this.where = where;
    return at + 1;
  }

  private begin(at: number, role: Role): number {
    this.role = role;
    this.held.begin(this.base + at);
    this.scanner.begin(role === 'top' || role === 'guess', role === 'guess');
    if (role !== 'guess') this.records += 1;
    return this.go('inside', at);
  }

  private leaveList(at: number): number {
    if (!this.listInObject) return this.go('outside', at);
    this.role = 'wrapper';
    this.held.begin(this.base + at);
    this.held.drop();
    this.scanner.resume();
    return this.go('inside', at);
  }

  private inside(piece: Uint8Array, from: number): number {
    const stop = this.scanner.run(piece, from);
    const { at } = this.scanner;
    if (stop === 'closed') this.close(piece, at);
    if (stop === 'key') this.judge();
    if (stop === 'broken') this.broken(piece, at, 'it is not JSON');
    if (stop === 'array') {
      if (this.role !== 'wrapper') this.records -= 1;
      this.listInObject = true;
      this.where = 'list';
    }
    return at;
  }

  /** Whether what is taken for a record begins like one. */
  private judge(): void {
    if (FIRST_FIELDS.has(this.scanner.key)) {
      this.role = 'top';
      this.records += 1;
    } else this.where = 'lost';
  }

  private close(piece: Uint8Array, at: number): void {
    const { role } = this;
    if (role === 'element') this.where = 'element';
    else this.where = this.anyBroken ? 'loose' : 'outside';
    const bytes = this.held.upTo(piece, this.base, at);
    if (role === 'wrapper' || bytes === null) return;
    if (bytes.length > LONGEST_RECORD) this.report(this.held.start, TOO_LONG);
    else if (this.wanted(bytes)) {
      this.parts.push({ kind: 'text', text: bytes.toString('utf8'), record: this.records });
    } else this.skipped += 1;
  }

  private broken(piece: Uint8Array, at: number, why: string): void {
    const { role } = this;
    this.where = 'lost';
    this.anyBroken = true;
    if (role === 'guess') return;
    const { start } = this.held;
    const bytes = this.held.upTo(piece, this.base, at);
    // Else it is reported as too long.
    if (bytes !== null || role === 'wrapper') this.report(start, why);
    if (bytes === null || this.repeated + bytes.length > this.base + at) return;
    this.repeated += bytes.length;
    const line = lineOfRecord(bytes);
    if (line !== null) this.again(bytes.subarray(line), start + line);
  }

  /** Reads the lines that something broken seemed to go on in. */
  private again(bytes: Uint8Array, offset: number): void {
    const { base, before } = this;
    this.base = offset;
    this.where = 'loose';
    this.read(bytes);
    this.base = base;
    this.before = before;
  }

  /** The next object that begins a line, or begins like a record. */
  private search(piece: Uint8Array, from: number): number {
    const at = piece.indexOf(OPEN_OBJECT, from);
    if (at < 0) return piece.length;
    const before = at === 0 ? this.before : piece[at - 1];
    return this.begin(at, before === NEWLINE ? 'top' : 'guess');
  }

  private report(offset: number, why: string): void {
    this.parts.push({ kind: 'unreadable', record: Math.max(1, this.records), offset, why });
  }
}

const TOO_LONG = `it is longer than ${LONGEST_RECORD} bytes`;
