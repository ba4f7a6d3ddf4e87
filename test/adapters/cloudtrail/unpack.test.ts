import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unpacked } from '../../../adapters/cloudtrail/unpack.ts';

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function textOf(bytes: Uint8Array, length: number): Promise<string> {
  const found: Uint8Array[] = [];
  for await (const piece of unpacked(pieces(bytes, length))) found.push(Buffer.from(piece));
  return Buffer.concat(found).toString();
}

const TEXT = 'ä text of some length, '.repeat(20_000);

test.each([1, 2, 3, 1000, 1_000_000])(
  'a file in pieces of %d bytes is what it holds',
  async (length) => {
    const short = TEXT.slice(0, length * 1000);
    expect(await textOf(Buffer.from(short), length)).toBe(short);
    expect(await textOf(gzipSync(short), length)).toBe(short);
  },
);

test.each(['', '\u001f', 'x'])('a file as short as %j is itself', async (text) => {
  expect(await textOf(Buffer.from(text), 1)).toBe(text);
});

test('a file of which the reader takes a part is closed', async () => {
  let closed = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield gzipSync(TEXT);
    } finally {
      closed += 1;
    }
  }
  for await (const _ of unpacked(endless())) break;
  expect(closed).toBe(1);
});

test.each([1, 20, 1_000_000])(
  'what stands behind a compressed file is an error, in pieces of %d',
  async (length) => {
    const bytes = Buffer.concat([gzipSync('text'), Buffer.from('{"a":1}')]);
    await expect(textOf(bytes, length)).rejects.toMatchObject({
      name: 'BrokenGzip',
      message: expect.stringMatching(/^it is broken/),
    });
  },
);

test.each([1, 20, 100, 1_000_000])(
  'zeros behind a compressed file, as archives have them, are nothing, in pieces of %d',
  async (length) => {
    expect(await textOf(Buffer.concat([gzipSync('text'), Buffer.alloc(1024)]), length)).toBe(
      'text',
    );
  },
);

test.each([1, 20, 100, 1_000_000])(
  'what stands behind these zeros is an error, in pieces of %d',
  async (length) => {
    const bytes = Buffer.concat([gzipSync('text'), Buffer.alloc(64), gzipSync('more')]);
    await expect(textOf(bytes, length)).rejects.toMatchObject({
      name: 'BrokenGzip',
      message: 'more follows behind its end',
    });
  },
);

test('whatever is broken, it ends: with what it holds, or an error', async () => {
  const whole = gzipSync(TEXT.slice(0, 3000));
  const change = fc.record({
    flips: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
      maxLength: 3,
    }),
    cut: fc.nat(whole.length),
    behind: fc.oneof(
      fc.constant(whole),
      fc.uint8Array({ maxLength: 40 }),
      fc.constant(Buffer.alloc(30)),
    ),
    length: fc.integer({ min: 1, max: 300 }),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ flips, cut, behind, length }) => {
      const bytes = Buffer.from(whole.subarray(0, cut));
      for (const [at, bits] of flips) if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ bits;
      const error = await textOf(Buffer.concat([bytes, behind]), length).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error !== null) expect(error).toMatchObject({ name: 'BrokenGzip' });
    }),
    { numRuns: 500 },
  );
});
