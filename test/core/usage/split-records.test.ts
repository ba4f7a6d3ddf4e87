import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { needleTest } from '../../../core/usage/needle-test.ts';
import { parseRecord } from '../../../core/usage/parse-record.ts';
import {
  LONGEST_RECORD,
  RecordSplitter,
  type SplitPart,
} from '../../../core/usage/split-records.ts';
import type { Needles } from '../../../core/usage/usage-ports.ts';

/** Log text → records, whatever its form, its borders, and what is broken in it. */

type Split = {
  readonly values: readonly unknown[];
  readonly unreadable: readonly Extract<SplitPart, { kind: 'unreadable' }>[];
  readonly records: number;
  readonly skipped: number;
};

/** @param cuts lengths of the pieces, in turn. */
function split(text: string | Uint8Array, cuts = [1_000_000], needles: Needles = null): Split {
  const bytes = Buffer.from(text);
  const splitter = new RecordSplitter(needleTest(needles));
  const parts: SplitPart[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = cuts[turn % cuts.length] ?? 1;
    // Memory that is used again, as that of a stream may be.
    const piece = new Uint8Array(bytes.subarray(at, at + length));
    parts.push(...splitter.push(piece));
    piece.fill(0x7b);
    at += length;
  }
  parts.push(...splitter.end());
  const values = parts.flatMap((part) => {
    if (part.kind !== 'text') return [];
    const parsed = parseRecord(part.text);
    return parsed.ok ? [parsed.value] : ['not JSON'];
  });
  const unreadable = parts.filter((part) => part.kind === 'unreadable');
  return { values, unreadable, records: splitter.records, skipped: splitter.skipped };
}

const A = { eventVersion: '1.09', eventName: 'GetObject', eventID: 'a', n: [1, { x: '}]{"' }] };
const B = { eventVersion: '1.09', eventName: 'PutObject', eventID: 'b', text: 'ä€😀\n"\\' };
const C = { eventVersion: '1.09', eventName: 'ListBucket', eventID: 'c', none: null };
const [a, b, c] = [A, B, C].map((value) => JSON.stringify(value)) as [string, string, string];

describe('records are found in', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['a file of CloudTrail', `{"Records":[${a},${b}]}`, [A, B]],
    ['a file of CloudTrail with other fields', `{"x":{"Records":1},"Records":[${a}],"y":[]}`, [A]],
    [
      'a file that is written for people',
      `${JSON.stringify({ Records: [A, B] }, null, 2)}\n`,
      [A, B],
    ],
    ['a file without a record', '{"Records":[]}', []],
    ['an empty file', '', []],
    ['lines', `${a}\n${b}\r\n${c}`, [A, B, C]],
    ['lines with files of CloudTrail', `{"Records":[${a}]}\n{"Records":[${b},${c}]}\n`, [A, B, C]],
    ['files after each other', `{"Records":[${a}]}{"Records":[${b}]}${c}`, [A, B, C]],
    ['a list', `[${a}, ${b}]`, [A, B]],
    ['a file with a byte order mark', `\uFEFF{"Records":[${a}]}`, [A]],
    [
      'an answer of LookupEvents',
      JSON.stringify({ Events: [{ EventId: 'a', CloudTrailEvent: a }], NextToken: 'x' }),
      [A],
    ],
  ])('%s', (_, text, values) => {
    expect(split(text)).toMatchObject({ values, unreadable: [] });
    expect(split(text, [1])).toMatchObject({ values, unreadable: [] });
  });
});

describe('what is broken is reported with its place, and the next record is found', () => {
  const cut = a.slice(0, 40);
  test.each<[string, string, readonly unknown[], readonly (readonly [number, number])[]]>([
    ['a line that is cut in a text', `${a.slice(0, 20)}\n${b}\n${c}`, [B, C], [[1, 0]]],
    [
      'a line that is cut elsewhere',
      `${b}\n${a.slice(0, -2)}\n${c}\n${b}`,
      [B, C, B],
      [[2, Buffer.byteLength(b) + 1]],
    ],
    ['the last line, cut', `${b}\n${cut}`, [B], [[2, Buffer.byteLength(b) + 1]]],
    [
      'a cut line that the next ones seem to go on in',
      `{"eventID":[1,\n${a}\n${b}`,
      [A, B],
      [[1, 0]],
    ],
    ['the same, where the file ends', `{"eventID":[1,\n${a}`, [A], [[1, 0]]],
    [
      'a file that ends in a record',
      `{"Records":[${a},${b.slice(0, 30)}`,
      [A],
      [[2, 12 + a.length + 1]],
    ],
    ['a file that ends between records', `{"Records":[${a},`, [A], [[1, 13 + a.length]]],
    ['a file that ends behind its list', `{"Records":[${a}]`, [A], [[1, 12 + a.length]]],
    [
      'a cut file before another',
      `{"Records":[${a},${cut}{"Records":[${b},${c}]}`,
      [A, B, C],
      [[2, 13 + a.length]],
    ],
    [
      'a record without its end',
      `{"Records":[${a.slice(0, -1)},${b},${c}]}\n${a}`,
      [B, C, A],
      [[1, 12]],
    ],
    ['a missing comma', `{"Records":[${a}${b}]}`, [A, B], [[1, 12 + a.length]]],
    ['a record that is no object', `{"Records":[null,${b}]}`, [B], [[1, 12]]],
    ['words', `no log\n${b}`, [B], [[1, 0]]],
    ['what is compressed in another way', '(\u00b5/\u00fd\u0000\u0001abc', [], [[1, 0]]],
    ['a bracket of the other kind', `{"eventID":[1}}\n${b}`, [B], [[1, 0]]],
  ])('%s', (_, text, values, places) => {
    for (const cuts of [[1_000_000], [1], [7, 64]]) {
      const found = split(text, cuts);
      expect(found.values).toEqual(values);
      expect(found.unreadable.map(({ record, offset }) => [record, offset])).toEqual(places);
    }
  });

  test('a record that grows too long, without keeping it', () => {
    const long = JSON.stringify({ eventID: 'x'.repeat(LONGEST_RECORD) });
    for (const text of [`${a}\n${long}\n${b}`, `{"Records":[${a},${long},${b}]}`]) {
      const { values, unreadable } = split(text, [65_536]);
      expect(values).toEqual([A, B]);
      expect(unreadable).toEqual([expect.objectContaining({ record: 2, why: expect.any(String) })]);
    }
  });

  test('a line with any first field, behind a cut line', () => {
    const found = split(`{"eventID":"a\n{"_id":1,"eventName":"x"}\n`);
    expect(found.values).toEqual([{ _id: 1, eventName: 'x' }]);
    expect(found.unreadable).toHaveLength(1);
  });

  test('a record that never ends, as soon as it is too long', () => {
    const splitter = new RecordSplitter(needleTest(null));
    splitter.push(Buffer.from('{"eventID":"'));
    const piece = Buffer.alloc(65_536, 'x');
    const parts = Array.from({ length: 40 }, () => splitter.push(piece)).flat();
    expect(parts).toEqual([expect.objectContaining({ kind: 'unreadable', record: 1, offset: 0 })]);
    expect(splitter.end()).toEqual([]);
  });

  test('nothing but opening brackets, in linear time', () => {
    const { values, unreadable } = split('{"eventID":['.repeat(200_000), [65_536]);
    expect(values).toEqual([]);
    expect(unreadable.length).toBeGreaterThan(0);
  });

  test('lines that are all cut, in linear time', () => {
    const { unreadable } = split('{"eventID":[1,\n'.repeat(200_000), [65_536]);
    expect(unreadable.length).toBeGreaterThan(0);
  });
});

describe('a record without a needle is not parsed', () => {
  const with_ = (value: string) => JSON.stringify({ eventVersion: '1', sourceIdentity: value });
  const NEEDLE = 'gr_0123456789abcdefghjk';

  test.each<[string, string, boolean]>([
    ['plain', with_(`ana.${NEEDLE}`), true],
    ['another grant', with_('ana.gr_0123456789abcdefghjz'), false],
    ['a part of it', with_(`ana.${NEEDLE.slice(0, -1)}`), false],
    ['an escaped letter', with_(`ana.${NEEDLE}`).replace('gr_', '\\u0067r_'), true],
    ['escapes of other characters', with_('\u003c x').replace('<', '\\u003c'), false],
    [
      'an escape in a text in a text',
      JSON.stringify({ CloudTrailEvent: with_(NEEDLE).replace('gr_', '\\u0067r_') }),
      true,
    ],
    [
      'an escaped backslash that makes an escape',
      JSON.stringify({ CloudTrailEvent: with_(NEEDLE).replace('gr_', '\\u0067r_') }).replace(
        '\\\\u0067',
        '\\u005cu0067',
      ),
      true,
    ],
  ])('%s', (_, text, passes) => {
    const found = split(
      `{"Records":[${text}]}`,
      [50],
      [NEEDLE, 'gr_zzzzzzzzzzzzzzzzzzzz', 'ASIAEXAMPLE'],
    );
    expect([found.values.length, found.skipped]).toEqual(passes ? [1, 0] : [0, 1]);
  });

  test('a needle that JSON may write in several ways keeps nothing out', () => {
    expect(split(with_('a/b').replace('/', '\\/'), [50], ['a/b']).values).toHaveLength(1);
    expect(split(with_('x'), [50], ['é']).values).toHaveLength(1);
  });
});

describe('for any records', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('Records', 'Events', 'eventID'));
  const value = fc.jsonValue({ maxDepth: 4 });
  const record = fc
    .tuple(fc.string(), fc.dictionary(key, value, { maxKeys: 5 }))
    // A list under these names makes it a file.
    .map(([eventID, { Records: _, Events: __, CloudTrailEvent: ___, ...rest }]) => ({
      eventID,
      ...rest,
    }));
  const indent = fc.constantFrom(0, 1, 2, '\t', '\n', '\r\n ');
  const form = fc.constantFrom<(texts: readonly string[], space: string) => string>(
    (texts, space) =>
      `${space}{"Records"${space}:${space}[${space}${texts.join(`${space},${space}`)}]${space}}`,
    (texts, space) => `{"x":${space}[{}],"Records":[${texts.join(',')}]${space},"NextToken":"{"}`,
    (texts, space) => `[${texts.join(`${space},`)}]`,
    (texts) => texts.join('\n'),
    (texts) => texts.map((text) => `{"Records":[${text}]}`).join('\n'),
  );
  const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  const log = fc
    .tuple(
      fc.array(record, { maxLength: 6 }),
      indent,
      form,
      fc.constantFrom('', ' ', '\n', '\t\r\n'),
    )
    .map(([records, space, write, between]) => {
      const texts = records.map((one) => JSON.stringify(one, null, space));
      return { records, text: write(texts, between) };
    });

  test('in any form, cut anywhere, they are the ones that JSON.parse gives', () => {
    fc.assert(
      fc.property(log, pieces, ({ records, text }, cuts) => {
        const found = split(text, cuts);
        expect(found.unreadable).toEqual([]);
        expect(found.values).toEqual(records.map((one) => JSON.parse(JSON.stringify(one))));
        expect(found.records).toBe(records.length);
      }),
    );
  });

  test('what is left of a truncated file is a beginning of them, and one unreadable', () => {
    fc.assert(
      fc.property(
        log,
        pieces,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ records, text }, cuts, share) => {
          const bytes = Buffer.from(text);
          const found = split(bytes.subarray(0, Math.floor(share * bytes.length)), cuts);
          const first = records.slice(0, found.values.length);
          expect(found.values).toEqual(first.map((one) => JSON.parse(JSON.stringify(one))));
          expect(found.unreadable.length).toBeLessThanOrEqual(1);
          if (found.values.length < found.records) expect(found.unreadable).toHaveLength(1);
        },
      ),
    );
  });

  test('bytes of any kind throw nothing, and cuts change nothing', () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom(
          a,
          b,
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"',
          '\\',
          '\n',
          '{"Records":[',
          '\n{"eventID":1',
          ']}',
        ),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(noise, pieces, (texts, cuts) => {
        const text = texts.join('');
        expect(split(text, cuts)).toEqual(split(text));
      }),
    );
  });

  test('the needle test keeps out none that has one', () => {
    const escaped = (text: string, which: readonly number[]) =>
      text.replaceAll(/[a-z_.0-9]/g, (one, at: number) =>
        which.includes(at % 7) ? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}` : one,
      );
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4, 5, 6]), fc.string(), (which, around) => {
        const text = JSON.stringify({ eventID: around }).replace(/\}$/, '');
        const whole = `${text},"s":"${escaped('ana.gr_0123456789abcdefghjk', which)}"}`;
        expect(split(whole, [9], ['gr_0123456789abcdefghjk']).values).toHaveLength(1);
      }),
    );
  });
});
