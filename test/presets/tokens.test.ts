import { expect, test } from '@jest/globals';
import { issuersFile } from '../../core/bundle/issuers-file.ts';
import { readYaml } from '../../core/bundle/yaml-file.ts';
import type { Issuer } from '../../core/issuer.ts';
import { PRESETS, signed, verifierOf } from '../support/presets.ts';
import { TOKENS, type TokenRow } from './token-corpus.ts';

/** Who the broker takes the bearer of a token for, or why it takes no notice of it. */

const ROWS = TOKENS.map((row) => [row.what, row] as const);

test.each(ROWS)('%s', async (_, row) => {
  const { issuers, token } = readerOf(row);
  const answer = await verifierOf(issuers)(await signed({ ...token, ...row.claims }));
  if (row.refused !== undefined) {
    expect(answer).toMatchObject({ ok: false, error: { code: 'token-refused' } });
    expect(answer.ok ? '' : (answer.error as { detail: string }).detail).toMatch(row.refused);
    return;
  }
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  const { principal, authentication } = answer.value;
  const { mfa, groups, ...rest } = row.becomes ?? { id: '' };
  expect(principal).toMatchObject(rest);
  if (rest.tags !== undefined) expect(principal.tags).toEqual(rest.tags);
  if (groups !== undefined) {
    expect(principal.groups).toEqual(groups.map((group) => `${principal.issuer}:${group}`));
  }
  if (mfa !== undefined) expect(authentication.mfa).toBe(mfa);
});

test('no machine is taken for a person, and every preset for people has a token of a machine', () => {
  const machines = TOKENS.filter(({ machine }) => machine === true);
  expect(machines.filter(({ becomes }) => becomes?.type === 'User')).toEqual([]);
  const tried = new Set(machines.map(({ issuers }) => issuers));
  const people = PRESETS.filter((one) => one.for !== 'jobs').map(({ name }) => name);
  expect(people.filter((name) => !tried.has(name))).toEqual([]);
});

test('every row says either who it is or why it is refused, and every preset has one', () => {
  for (const { becomes, refused } of TOKENS) {
    expect([becomes, refused].filter((one) => one !== undefined)).toHaveLength(1);
  }
  const used = new Set(TOKENS.map(({ issuers }) => issuers));
  expect(PRESETS.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  expect(TOKENS.length).toBeGreaterThanOrEqual(40);
});

function readerOf({ issuers }: TokenRow): {
  readonly issuers: readonly Issuer[];
  readonly token: object;
} {
  const found = PRESETS.find(({ name }) => name === issuers);
  const text = found?.issuers ?? issuers;
  const read = readYaml('issuers.yaml', `issuers:\n${text}`, issuersFile);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return { issuers: read.value.value.issuers, token: found?.token ?? {} };
}
