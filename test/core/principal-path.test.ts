import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { principalFromPath, principalInPath } from '../../core/principal-path.ts';

const IDS = [
  'people:ana',
  'people:ana@acme.example',
  'ci:1/2',
  'ci:a%2Fb/c',
  'ci:a%252Fb',
  'ci:100%',
  'ci:%3F',
  'ci:spiffe://acme.example/ns/shop/sa/deploy',
  'ci:arn:aws:iam::111122223333:role/team/deploy',
  'ci:q/8+Zm9v+/YmFy==',
  'ci:a?b#c d+e;f=g&h',
  'ci:../../v1/grants',
  'ci:a//b/./c/',
  'ci:/',
  'ci:x/revoke',
  'ci:~a',
  'ci:Zoë/東京/😀',
];

/** An id as issuers make them: no control characters, no half characters. */
const anyId = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => text.isWellFormed())
  .map((text) => `ci:${text}`);
const trickyId = fc
  .string({
    unit: fc.constantFrom('a', '/', '%', '2', '5', 'F', '?', '#', '+', ' ', '.', '~', 'é'),
  })
  .map((text) => `ci:${text}x`);

/** How gateways were seen to read a path. */
const once = (path: string): string => decodeURIComponent(path);
const twice = (path: string): string =>
  decodeURIComponent((decodeURIComponent(path).split('?')[0] ?? '').replaceAll('+', ' '));

describe('an id in a path', () => {
  const arrives = (id: string, gateway: (path: string) => string): string | null =>
    principalFromPath(gateway(principalInPath(id)));

  test.each(IDS)('%s arrives unchanged, however often the path is decoded', (id) => {
    for (const gateway of [once, twice, String]) {
      if (gateway === String && !principalInPath(id).startsWith('~')) continue;
      expect(arrives(id, gateway)).toBe(id);
    }
  });

  test('arrives unchanged, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(anyId, trickyId), fc.constantFrom(once, twice), (id, gateway) => {
        expect(arrives(id, gateway)).toBe(id);
      }),
    );
  });

  test('is a single segment without escapes of escapes or dot segments', () => {
    fc.assert(
      fc.property(fc.oneof(anyId, trickyId), (id) => {
        const path = principalInPath(id);
        expect(path).not.toMatch(/[/?#]|%25|%2B|%3F/);
        expect(new URL(`https://x.example/v1/${path}/suspend`).pathname).toBe(
          `/v1/${path}/suspend`,
        );
      }),
    );
  });

  test('of an ordinary principal is percent-encoded once, as any client does it', () => {
    expect(principalInPath('people:ana@acme.example')).toBe('people%3Aana%40acme.example');
    expect(principalInPath('ci:1/2')).toBe('ci%3A1%2F2');
  });

  test('that any client percent-encoded once is read as it is, without decoding it again', () => {
    fc.assert(
      fc.property(fc.oneof(anyId, trickyId), (id) => {
        expect(principalFromPath(once(encodeURIComponent(id)))).toBe(id);
      }),
    );
  });
});

describe('a tilde', () => {
  test('with base64url is that text, also with padding', () => {
    expect(principalFromPath('~Y2k6MS8y')).toBe('ci:1/2');
    expect(principalFromPath('~cGVvcGxlOmI=')).toBe('people:b');
    expect(principalFromPath('~cGVvcGxlOmI')).toBe('people:b');
  });

  test.each(['~', '~=', '~a', '~Y2k6+', '~Y2k6/', '~Y2k6MS8y====', '~_w', '~Y2k6MS9', '~ab cd'])(
    '%p is no id',
    (text) => {
      expect(principalFromPath(text)).toBeNull();
    },
  );
});
