import { expect, test } from '@jest/globals';
import { comparable } from '../../core/same-person.ts';

test('two principals are the same person whichever character of Unicode an issuer writes in the other case or form', () => {
  const changes =
    /\p{Changes_When_Uppercased}|\p{Changes_When_Lowercased}|\p{Changes_When_NFKC_Casefolded}/u;
  const differ: string[] = [];
  for (let point = 1; point <= 0x10_ff_ff; point++) {
    const character = String.fromCodePoint(point);
    if (!changes.test(character)) continue;
    const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => character.normalize(form));
    const others = [
      character.toUpperCase(),
      character.toLowerCase(),
      comparable(character),
      ...forms,
    ];
    const wanted = comparable(character);
    if (others.some((other) => comparable(other) !== wanted)) differ.push(point.toString(16));
  }
  expect(differ).toEqual([]);
});
