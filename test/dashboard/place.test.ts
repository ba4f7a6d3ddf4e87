import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linkTo, placeOf } from '../../dashboard/place.ts';

test('a link leads to the place that it was made of, whatever is in it', () => {
  const query = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), query, (id, given) => {
      const place = placeOf(linkTo(`grants/${encodeURIComponent(id)}`, given));
      expect(place.parts).toEqual(['grants', id]);
      expect(Object.fromEntries(place.query)).toEqual({ ...given });
    }),
  );
});

test('what is empty is left out of a link', () => {
  expect(linkTo('grants', { status: null, requester: '', entitlement: 'a b' })).toBe(
    '#/grants?entitlement=a+b',
  );
  expect(linkTo('grants')).toBe('#/grants');
});

test('any text is a place', () => {
  expect(placeOf('').parts).toEqual(['']);
  expect(placeOf('#/').parts).toEqual(['']);
  expect(placeOf('#grants').parts).toEqual(['grants']);
  expect(placeOf('#/grants/%E0%A4%A').parts).toEqual(['grants', '%E0%A4%A']);
  expect(placeOf('#//evil.example').parts).toEqual(['', 'evil.example']);
});
