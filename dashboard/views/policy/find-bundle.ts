import type { Bundle } from '../../../core/bundle/bundle.ts';
import { bundlePath, hashOfBundlePath } from '../../../core/ledger/bundle-path.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../../../core/ledger/tiles.ts';

/** The policy bundle in force, out of the log, which is where its text is kept for auditors. */

export type Reads = {
  readonly bytes: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  readonly text: (path: string) => Promise<string>;
  readonly json: (path: string) => Promise<unknown>;
};

const LOG = '/v1/audit/ledger/';

/** @returns null while the log does not have the bundle with this hash yet */
export async function findBundle(reads: Reads, hash: string): Promise<Bundle | null> {
  const file = await lastFile(reads, hash);
  if (file === null) return null;
  const bytes = await reads.bytes(`${LOG}${file}`);
  if (bundlePath(await sha256(bytes)) !== file) throw new Error(NOT_THE_ONE);
  return JSON.parse(new TextDecoder().decode(bytes)) as Bundle;
}

const NOT_THE_ONE =
  'The policy bundle that the broker sends is not the one that its log names. Do not use it, and tell your security team.';

/** The file of the deployment that was recorded last, if it is of this bundle: read from the end of the log. */
async function lastFile(reads: Reads, hash: string): Promise<string | null> {
  const [, size = '0'] = (await reads.text(`${LOG}checkpoint`)).split('\n');
  for (let index = Math.floor((Number(size) - 1) / TILE_WIDTH); index >= 0; index -= 1) {
    const width = Math.min(TILE_WIDTH, Number(size) - index * TILE_WIDTH);
    const bytes = await reads.bytes(`${LOG}${tilePath({ level: 'entries', index, width })}`);
    const entries = decodeBundle(bytes);
    if (!entries.ok) throw new Error('The log of the broker cannot be read.');
    for (const entry of entries.value.toReversed()) {
      const deployed = await deploymentIn(reads, entry);
      if (deployed !== null) return deployed.bundle === hash ? deployed.file : null;
    }
  }
  return null;
}

type Deployed = { readonly bundle: string; readonly file: string };
type Line = Readonly<Record<string, unknown>>;

async function deploymentIn(reads: Reads, entry: Uint8Array): Promise<Deployed | null> {
  const text = new TextDecoder().decode(entry);
  // Most entries are something else, and parsing each of them takes time.
  if (!text.includes('"bundle-deployed"')) return null;
  const line = JSON.parse(text) as Line;
  if (line['type'] !== 'bundle-deployed') return null;
  const { bundle, file } = 'file' in line ? line : await wholeEvent(reads, line);
  if (typeof bundle !== 'string' || typeof file !== 'string') return null;
  return hashOfBundlePath(file) === null ? null : { bundle, file };
}

/** A log of digests has only the hash of the event, which the broker tells besides. */
async function wholeEvent(reads: Reads, { id, principalId, at }: Line): Promise<Line> {
  const query = new URLSearchParams({ principal: String(principalId), at: String(at) });
  return (await reads.json(`/v1/audit/events/${String(id)}?${query}`)) as Line;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
