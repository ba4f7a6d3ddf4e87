import { findGrantId } from '../../../dashboard/lists/find-grant-id.ts';

const IDS = ['gr_1qxr71zq9qzm7a06wjbt', 'gr_1qxr57cqf9gm7sgey0pa'];
const other = 'gr_1qxqzqkqrxzj77ch2fev';

test.each([
  ['a whole id', other, other],
  ['an id with spaces and capitals', ` ${other.toUpperCase()} `, other],
  ['a link', `https://broker.example/#/grants/${other}?x=1`, other],
  ['how a shown one begins', 'gr_1qxr7', IDS[0]],
  ['the same without gr_', '1qxr5', IDS[1]],
])('%s', (_, text, id) => {
  expect(findGrantId(text, IDS)).toEqual({ id });
});

test.each([
  ['nothing', '  ', /Paste/],
  ['a word', 'roll back', /cannot be searched/],
  ['a beginning of several', 'gr_1qxr', /Several/],
  ['a beginning of none that is shown', 'gr_0000', /whole id/],
])('%s leads nowhere, and says why', (_, text, why) => {
  expect(findGrantId(text, IDS)).toEqual({ wrong: expect.stringMatching(why) });
});
