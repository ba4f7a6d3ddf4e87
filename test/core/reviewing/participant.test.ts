import { expect, test } from '@jest/globals';
import { err, ok } from '../../../core/result.ts';
import {
  isSameParticipant,
  participantOf,
  personClaims,
  recordedMarks,
} from '../../../core/reviewing/participant.ts';
import { compiled } from '../../support/bundles.ts';
import { participantIn, SAM, tagged, tellingApartBy } from '../../support/review-world.ts';

const CLAIMS = ['mail', 'employee'];
const BUNDLE = tellingApartBy(CLAIMS);
const WHO = participantIn(SAM).who;

test('people are told apart by the claims of all entitlements, each once and in one order', () => {
  const { entitlements } = BUNDLE;
  const [read] = Object.values(tellingApartBy(['employee', 'badge']).entitlements);
  const [plain] = Object.values(compiled().entitlements);
  if (read === undefined || plain === undefined) throw new Error('no entitlement');
  const bundle = { entitlements: { ...entitlements, other: read, plain } };
  expect(personClaims(bundle)).toEqual(['badge', 'employee', 'mail']);
  expect(personClaims(compiled())).toEqual([]);
});

test('whoever was recorded has the marks of the claims that the record has', () => {
  const { principal } = tagged(SAM, { employee: '7', team: 'x' });
  expect(recordedMarks(principal, CLAIMS)).toEqual(['people:sam', 'employee=7']);
  const { principal: whole } = tagged(SAM, { employee: '7', mail: 'a@b' });
  expect(recordedMarks(whole, CLAIMS)).toEqual(['people:sam', 'mail=a@b', 'employee=7']);
  expect(recordedMarks(SAM.principal, CLAIMS)).toEqual(['people:sam']);
});

test('whoever takes part has every mark', () => {
  const caller = tagged(SAM, { employee: '7', mail: 'a@b' });
  const marks = ['people:sam', 'employee=7', 'mail=a@b'];
  expect(participantOf(caller, BUNDLE)).toEqual(ok({ who: WHO, marks }));
  expect(participantOf(SAM, compiled())).toEqual(ok({ who: WHO, marks: ['people:sam'] }));
});

test.each([
  [{ mail: 'a@b' }, 'employee'],
  [{}, 'employee and mail'],
])('whoever cannot be told apart from others takes no part: %j', (tags, missing) => {
  expect(participantOf(tagged(SAM, tags), BUNDLE)).toEqual(
    err({
      code: 'forbidden',
      detail: `Your token lacks ${missing}, which tells people apart, so you cannot take part in an access review.`,
    }),
  );
});

test('two accounts that share a mark are one participant', () => {
  const of = (...marks: readonly string[]) => ({ who: WHO, marks });
  expect(isSameParticipant(of('a', 'employee=7'), of('b', 'employee=7'))).toBe(true);
  expect(isSameParticipant(of('a', 'employee=7'), of('b', 'employee=8'))).toBe(false);
});
