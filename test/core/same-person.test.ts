import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparable, isSamePerson, looksLikeRequester, marksOf } from '../../core/same-person.ts';

const ana = (tags: Readonly<Record<string, string>>) =>
  ({ type: 'User', id: 'people:ana', tags }) as const;

describe('the marks of a person', () => {
  test('are the id, and the named claims with their values, in their order', () => {
    const tags = { employee: '7', mail: 'ana@acme.example', other: 'x' };
    expect(marksOf(ana(tags), [])).toEqual(['people:ana']);
    expect(marksOf(ana(tags), ['mail', 'employee'])).toEqual([
      'people:ana',
      'mail=ana@acme.example',
      'employee=7',
    ]);
  });

  test.each([
    ['is missing', {}],
    ['is empty', { employee: '' }],
    ['is blank', { employee: ' \u3000\t' }],
    ['is a list', { employee: '|7|' }],
    ['is an empty list', { employee: '|' }],
  ])('are unknown when a named claim %s', (_, tags) => {
    expect(marksOf(ana(tags), ['employee'])).toBeNull();
    expect(marksOf(ana({ ...tags, mail: 'm' }), ['mail', 'employee'])).toBeNull();
  });

  test('are never taken from what every object inherits', () => {
    expect(marksOf(ana({}), ['toString'])).toBeNull();
    expect(marksOf(ana({}), ['__proto__'])).toBeNull();
  });

  test('of a workload are those that its token has: it is no person who could hide', () => {
    const job = { ...ana({ employee: '7' }), type: 'Workload' } as const;
    expect(marksOf(job, ['employee', 'mail'])).toEqual(['people:ana', 'employee=7']);
    expect(marksOf(job, ['mail'])).toEqual(['people:ana']);
  });
});

describe('two principals', () => {
  const marks = fc.array(fc.constantFrom('people:a', 'ci:a', 'employee=1', 'employee=2'));

  test('are the same person if they share a mark, whichever it is', () => {
    expect(isSamePerson(['people:a'], ['people:a', 'employee=1'])).toBe(true);
    expect(isSamePerson(['people:a', 'employee=1'], ['ci:a', 'employee=1'])).toBe(true);
    expect(isSamePerson(['people:a', 'employee=1'], ['ci:a', 'employee=2'])).toBe(false);
    expect(isSamePerson(['employee=1'], ['employee=11'])).toBe(false);
    expect(isSamePerson([], [])).toBe(false);
  });

  test('are the same person in either order', () => {
    fc.assert(
      fc.property(marks, marks, (a, b) => {
        expect(isSamePerson(a, b)).toBe(isSamePerson(b, a));
        expect(isSamePerson(a, b)).toBe(
          new Set([...a, ...b]).size < new Set(a).size + new Set(b).size,
        );
      }),
    );
  });

  const written = fc.string({ unit: 'grapheme', minLength: 1 });

  test('are the same person however their issuers write a claim: case, form and spaces', () => {
    fc.assert(
      fc.property(written, fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'), (value, form) => {
        const mark = (text: string, id: string) => [id, `mail=${text}`];
        for (const other of [
          value.normalize(form),
          value.toUpperCase(),
          value.toLowerCase(),
          ` ${value}\t`,
        ]) {
          expect(isSamePerson(mark(value, 'a:1'), mark(other, 'b:2'))).toBe(true);
          expect(isSamePerson(mark(other, 'b:2'), mark(value, 'a:1'))).toBe(true);
        }
        expect(comparable(comparable(value))).toBe(comparable(value));
      }),
    );
  });

  test.each([
    ['Ana@Acme.example', 'ana@acme.example'],
    ['Straẞe', 'strasse'],
    ['Ａ７', 'a7'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Straße', 'STRASSE'],
    ['e\u0301', '\u00c9'],
  ])('%s is %s, in marks that were stored as they came', (one, other) => {
    expect(isSamePerson(['people:ana', `mail=${one}`], ['corp:7', `mail=${other}`])).toBe(true);
  });

  test('with ids that differ only in case are two', () => {
    expect(isSamePerson(['people:ana'], ['people:ANA'])).toBe(false);
    expect(isSamePerson(['people:ana', 'n=1'], ['people:Ana', 'n=2'])).toBe(false);
  });

  test('with an id that only resembles a claim of the other are two', () => {
    expect(isSamePerson(['a:1', 'corp:k=V'], ['corp:k=v'])).toBe(false);
    expect(isSamePerson(['corp:k=v'], ['a:1', 'corp:k=V'])).toBe(false);
  });

  test('with the same value of different claims, or claims that differ in case, are two', () => {
    expect(isSamePerson(['a:1', 'mail=7'], ['b:2', 'employee=7'])).toBe(false);
    expect(isSamePerson(['a:1', 'mail=7'], ['b:2', 'Mail=7'])).toBe(false);
  });
});

describe('another account looks like the requester', () => {
  const named = (id: string, name: string) => ({ id, name });
  const ANA = named('people:ana', 'ana@acme.example');

  test('if it shows the same name', () => {
    expect(looksLikeRequester(ANA, named('corp:7', ' Ana@ACME.example'))).toBe(true);
    expect(looksLikeRequester(ANA, named('corp:7', 'bo@acme.example'))).toBe(false);
  });

  test('but not if it is the requester, or has no name', () => {
    expect(looksLikeRequester(ANA, ANA)).toBe(false);
    expect(looksLikeRequester(named('a:1', ''), named('b:2', ' '))).toBe(false);
  });
});
