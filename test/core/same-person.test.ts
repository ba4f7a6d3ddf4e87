import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSamePerson, marksOf } from '../../core/same-person.ts';

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
});
