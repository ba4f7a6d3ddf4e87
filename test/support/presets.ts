import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generateKeyPair, SignJWT } from 'jose';
import { tokenVerifier } from '../../adapters/oidc/token-verifier.ts';
import type { BundleFiles } from '../../core/bundle/bundle.ts';
import type { Issuer } from '../../core/issuer.ts';
import { bundleOf, type Preset, readPreset } from '../../core/policy/preset.ts';
import type { TokenVerifier } from '../../core/ports.ts';
import type { Claims } from '../../core/principal.ts';

const FOLDER = 'presets';

/** The presets that the command ships. */
export const PRESETS: readonly Preset[] = readdirSync(FOLDER).map((file) => {
  const path = join(FOLDER, file);
  const read = readPreset(basename(file, '.yaml'), path, readFileSync(path, 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.error, null, 1));
  return read.value;
});

export function preset(name: string): Preset {
  const found = PRESETS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no preset ${name}`);
  return found;
}

export function filesOf(...presets: readonly Preset[]): BundleFiles {
  const made = bundleOf(presets);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

const KEY = generateKeyPair('ES384');

/** Signs claims as a provider would; null removes one of the defaults. */
export async function signed(claims: Claims): Promise<string> {
  const { privateKey } = await KEY;
  const now = Math.floor(Date.now() / 1000);
  const all = { iat: now, exp: now + 600, ...claims };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return new SignJWT(given).setProtectedHeader({ alg: 'ES384', typ: 'JWT' }).sign(privateKey);
}

/** Verifies what `signed` signs, as the broker does, for issuers that are not asked for their keys. */
export function verifierOf(issuers: readonly Issuer[]): TokenVerifier {
  const keys = () => async () => (await KEY).publicKey;
  return tokenVerifier(
    issuers,
    ({ url }) => url,
    () => Date.now(),
    keys,
  );
}
