import { describe, expect, test } from '@jest/globals';
import { chooseIssuer } from '../../core/choose-issuer.ts';
import type { Issuer } from '../../core/issuer.ts';

const entry = (id: string, when?: Issuer['when']): Issuer => ({
  ...{ id, type: 'User', url: 'https://login.acme.example', audience: ['valetkey'] },
  ...{ subject: ['sub'], name: 'email' },
  ...(when && { when }),
});
const PEOPLE = entry('people');
const APPS = entry('apps', { claim: 'idtyp', values: ['app', 'bot'] });
const GUESTS = entry('guests', { claim: 'idtyp', values: ['guest'] });

const chosen = (entries: readonly Issuer[], claims: Record<string, unknown>): string => {
  const found = chooseIssuer(entries, claims);
  return found.ok ? found.value.id : found.error;
};

describe('of the entries with one URL, a token belongs to', () => {
  test('the only one', () => {
    expect(chosen([PEOPLE], { idtyp: 'app' })).toBe('people');
    expect(chosen([], {})).toMatch('not one that this broker trusts');
  });

  test.each([[[PEOPLE, APPS, GUESTS]], [[APPS, PEOPLE, GUESTS]], [[GUESTS, APPS, PEOPLE]]])(
    'the one that lists the value of its claim, in whatever order they are',
    (entries) => {
      expect(chosen(entries, { idtyp: 'app' })).toBe('apps');
      expect(chosen(entries, { idtyp: 'bot' })).toBe('apps');
      expect(chosen(entries, { idtyp: 'guest' })).toBe('guests');
      expect(chosen(entries, {})).toBe('people');
      expect(chosen(entries, { idtyp: null })).toBe('people');
    },
  );

  test('none if its claim has another value, or none that can be read', () => {
    expect(chosen([PEOPLE, APPS], { idtyp: 'device' })).toMatch("'idtyp' has a value");
    expect(chosen([PEOPLE, APPS], { idtyp: ['app'] })).toMatch("'idtyp' is a list");
    expect(chosen([PEOPLE, APPS], { idtyp: '' })).toMatch("'idtyp' has a value");
  });

  test('none without the claim that every entry asks for', () => {
    expect(chosen([APPS], {})).toMatch("no claim 'idtyp'");
    expect(chosen([APPS], { idtyp: 'guest' })).toMatch("'idtyp' has a value");
  });
});
