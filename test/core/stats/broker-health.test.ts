import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  concernsAbout,
  type HealthFacts,
  RUNBOOKS,
  rounded,
} from '../../../core/stats/broker-health.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const ago = (seconds: number): number => NOW - seconds * 1000;

const FIGURES = { at: ago(20), frozenRoles: [], overdueReviews: 0 };
const LEDGER = { signedAt: ago(60), events: [ago(70)] };

function concerns(facts: Partial<HealthFacts>) {
  return concernsAbout({ now: NOW, figures: FIGURES, ledger: LEDGER, ...facts });
}
const withFigures = (changes: object) => concerns({ figures: { ...FIGURES, ...changes } });
const withLedger = (changes: object) => concerns({ ledger: { ...LEDGER, ...changes } });

describe('a broker needs nobody', () => {
  test('where all is well', () => {
    expect(concerns({})).toEqual([]);
  });

  test.each([
    ['figures that are a quarter of an hour old', { figures: { ...FIGURES, at: ago(900) } }],
    ['a checkpoint of ten minutes', { ledger: { signedAt: ago(600), events: [ago(400)] } }],
    ['an old checkpoint that covers all', { ledger: { signedAt: ago(9000), events: [ago(9001)] } }],
    [
      'an old checkpoint as late as the event',
      { ledger: { signedAt: ago(9000), events: [ago(9000)] } },
    ],
    ['an event after a quiet night', { ledger: { signedAt: ago(9000), events: [ago(300)] } }],
    ['a ledger without events', { ledger: { signedAt: null, events: [] } }],
    ['what cannot be read', { figures: null, ledger: null }],
  ])('for %s', (_, facts) => {
    expect(concerns(facts)).toEqual([]);
  });
});

describe('a person is needed', () => {
  test('by frozen roles, which are named', () => {
    expect(withFigures({ frozenRoles: ['arn:a'] })).toEqual([
      {
        what: 'roles',
        detail:
          '1 role is frozen: arn:a. It vends nothing, and keys of ended grants may still work.',
        runbook: RUNBOOKS.roles,
      },
    ]);
    expect(withFigures({ frozenRoles: ['arn:a', 'arn:b'] })).toMatchObject([
      { detail: expect.stringContaining('2 roles are frozen: arn:a, arn:b. They vend nothing') },
    ]);
  });

  test('by overdue reviews', () => {
    expect(withFigures({ overdueReviews: 1 })).toMatchObject([
      { what: 'reviews', detail: expect.stringMatching(/^1 break-glass review is overdue/) },
    ]);
    expect(withFigures({ overdueReviews: 2 })).toMatchObject([
      { detail: expect.stringMatching(/^2 break-glass reviews are overdue/) },
    ]);
  });

  test('by figures that are older than a quarter of an hour', () => {
    expect(withFigures({ at: ago(901) })).toMatchObject([
      {
        what: 'figures',
        detail:
          'The figures are 15 min 1 s behind: what happened since 2026-11-26T11:44:59Z may be missing.',
      },
    ]);
  });

  test('by figures that were never counted', () => {
    expect(withFigures({ at: 0 })).toMatchObject([{ detail: 'Nothing has been counted yet.' }]);
  });

  test('by an old checkpoint that lacks an event', () => {
    expect(withLedger({ signedAt: ago(601), events: [ago(302), ago(301), ago(5)] })).toMatchObject([
      {
        what: 'ledger',
        detail:
          'The newest checkpoint of the ledger is 10 min 1 s old, although there were events at 2026-11-26T11:54:58Z and later.',
      },
    ]);
  });

  test('by a ledger that never signed anything', () => {
    expect(withLedger({ signedAt: null, events: [ago(400)] })).toMatchObject([
      { detail: expect.stringMatching(/^The ledger has no checkpoint, although/) },
    ]);
  });

  test('by all of it at once, each with its runbook', () => {
    const found = concerns({
      figures: { at: 0, frozenRoles: ['arn:a'], overdueReviews: 1 },
      ledger: { signedAt: null, events: [ago(400)] },
    });
    expect(found.map(({ what }) => what)).toEqual(['roles', 'reviews', 'figures', 'ledger']);
  });

  test.each(Object.values(RUNBOOKS))('%s is a runbook', (path) => {
    expect(existsSync(path)).toBe(true);
  });
});

test.each([
  [0, '0 seconds'],
  [20, '20 seconds'],
  [61, '1 min 1 s'],
  [12_014, '3 h 20 min'],
  [90_061, '1 d 1 h'],
])('an age of %i seconds is told as %s', (seconds, text) => {
  expect(rounded(seconds)).toBe(text);
});
