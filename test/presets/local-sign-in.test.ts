import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readBundleFiles } from '../../adapters/files/bundle-files.ts';
import { claimsOf } from '../../local/account-claims.ts';
import { sampleClaims } from '../../local/dev-issuers.ts';
import { sourcesOf } from '../core/policy/test-bench.ts';
import { filesOf, PRESETS, signed, verifierOf } from '../support/presets.ts';

/** Whoever signs in on the local stack, with a bundle that `policy init` wrote, is somebody. */

const USUAL = { sub: 'ana', email: 'ana@acme.example', name: 'ana', auth_time: 1_700_000_000 };
const PERSON = { user: 'ana', groups: ['platform', 'finance'], secondFactor: true };

const ENTRIES = [
  ...PRESETS.flatMap((one) => sourcesOf(filesOf(one)).issuers.value),
  ...sourcesOf(readBundleFiles('policy')).issuers.value,
].map((issuer) => [issuer.id, issuer] as const);

test.each(ENTRIES)('the entry %s takes the token of a development sign-in', async (id, issuer) => {
  const usual = { ...USUAL, groups: PERSON.groups, amr: ['mfa'] };
  const own = { iss: issuer.url, aud: issuer.audience[0], ...usual, ...claimsOf(issuer, PERSON) };
  const caller = await verifierOf([issuer])(await signed(own));
  expect(caller).toMatchObject({ ok: true, value: { principal: { issuer: id } } });
  if (!caller.ok || issuer.type !== 'User') return;
  const { principal, authentication } = caller.value;
  const groups = issuer.groups === undefined ? [] : [`${id}:platform`, `${id}:finance`];
  expect(principal.groups).toEqual(groups);
  expect(authentication.mfa).toBe(issuer.mfa !== undefined);
});

test.each(PRESETS.map((one) => [one.name, one] as const))(
  'the token that npm run local suggests with the preset %s is taken',
  async (_, one) => {
    const folder = mkdtempSync(join(tmpdir(), 'valetkey-sign-in-'));
    try {
      for (const [file, text] of filesOf(one)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
      const { id, claims } = sampleClaims(folder);
      const issuers = sourcesOf(filesOf(one)).issuers.value;
      const issuer = issuers.find((entry) => entry.id === id);
      const token = await signed({ iss: issuer?.url, aud: issuer?.audience[0], ...claims });
      expect(await verifierOf(issuers)(token)).toMatchObject({
        ok: true,
        value: { principal: { issuer: id } },
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test('with the example bundle it has nothing else than what everybody has', () => {
  expect(sampleClaims('policy')).toEqual({
    id: 'people',
    claims: { sub: 'ana', email: 'ana@acme.example', groups: ['platform'] },
  });
});
