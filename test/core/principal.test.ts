import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identifyingTag, principalKey } from '../../core/principal.ts';
import { sourceIdentity } from '../../core/session.ts';

const GRANT = `gr_${'z'.repeat(20)}`;
/** STS API reference, AssumeRole, SourceIdentity; and ours: one dot, before the grant's id. */
const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/;

describe('a principal key', () => {
  test.each([
    ['an e-mail address', 'Ana.Lima@acme.example', 'ana-lima'],
    ['a repository', 'acme/shop.web', 'acme-shop-web'],
    ['nothing', '', 'principal'],
    ['nothing but signs', '../..\\:*?', 'principal'],
    ['only a domain', '@acme.example', 'principal'],
    ['another script', 'アナ・リマ', 'principal'],
    ['accents', 'Renée Müller', 'ren-e-m-ller'],
    ['letters that grow in lower case', 'İİİİ', 'i-i-i-i'],
    ['letters that only look Latin', 'аdmin', 'dmin'],
    ['emoji and lone surrogates', 'ana\ud83d\udd11\ud83d', 'ana'],
    ['line breaks', 'ana\r\nINFO: all is well', 'ana-info-all-is-well'],
    ['hyphens at both ends', '---ana---', 'ana'],
    ['more than fits', 'a'.repeat(1000), 'a'.repeat(23)],
    ['a hyphen just where it is cut', `${'a'.repeat(22)}-b`, 'a'.repeat(22)],
    ['digits', '4711', '4711'],
  ])('of a name that is %s is readable, and fits a SourceIdentity', (_, name, slug) => {
    const key = principalKey({ name, id: 'people:x' });
    expect(key).toMatch(/^[a-z0-9-]{18,40}$/);
    expect(key.slice(0, -17)).toBe(slug);
    const identity = sourceIdentity(key, GRANT);
    expect(identity).toMatch(SOURCE_IDENTITY);
    expect(identity.split('.')).toEqual([key, GRANT]);
  });

  test('never lets one name another: it follows the id, not what people read', () => {
    const keys = ['people:1', 'people:2', 'github:1', 'people:1 '].map((id) =>
      principalKey({ name: 'ana', id }),
    );
    expect(new Set(keys).size).toBe(4);
    const key = principalKey({ name: 'ana', id: 'people:1' });
    expect(principalKey({ name: key, id: 'people:2' })).not.toBe(key);
  });

  test('is readable, has no dot, and fits a SourceIdentity with any grant id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.string(), (name, id) => {
        const key = principalKey({ name, id });
        expect(key).toMatch(/^[a-z0-9][a-z0-9-]{0,39}$/);
        expect(sourceIdentity(key, `gr_${'0'.repeat(20)}`).length).toBeLessThanOrEqual(64);
      }),
    );
    expect(principalKey({ name: 'Ana.Lima@acme.example', id: 'people:ana' })).toMatch(
      /^ana-lima-[0-9a-z]{16}$/,
    );
  });

  test('differs for different ids of one name, and its hash stays when the name changes', () => {
    const key = (name: string, id: string) => principalKey({ name, id });
    expect(key('ana', 'people:1')).not.toBe(key('ana', 'people:2'));
    expect(key('ana', 'people:1').slice(-16)).toBe(key('bea', 'people:1').slice(-16));
  });
});

test.each([
  ['ana', 'ana'],
  ['ana|', 'ana|'],
  ['|ana|', null],
  ['|ana', null],
])('the tag %j identifies %j', (value, identified) => {
  expect(identifyingTag({ tags: { person: value } }, 'person')).toBe(identified);
});
