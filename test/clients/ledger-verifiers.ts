import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../local/process.ts';

/** Verifiers of other people, for a ledger in a folder or at a URL. */

const HERE = fileURLToPath(new URL('ledger/', import.meta.url));
const FSCK = 'github.com/transparency-dev/tessera/cmd/fsck';

export type Judgement = { readonly accepted: boolean; readonly said: string };

export type Verifiers = {
  /** @param earlier A file with a checkpoint that was seen before. */
  readonly go: (ledger: Ledger, earlier?: string) => Promise<Judgement>;
  readonly goProof: (proof: string, vkey: string, entry: string) => Promise<Judgement>;
  /** @param witness The key of the witness. */
  readonly goCosigned: (checkpoint: string, vkey: string, witness: string) => Promise<Judgement>;
  readonly fsck: (ledger: Ledger) => Promise<Judgement>;
};

export type Ledger = {
  /** A folder, or the URL of `/v1/audit/ledger`. */
  readonly place: string;
  readonly vkey: string;
  readonly token?: string;
};

/** Builds them into a folder. Needs Go and its module proxy. */
export async function verifiers(folder: string): Promise<Verifiers> {
  const [go, fsck] = [join(folder, 'ledger'), join(folder, 'fsck')];
  await run('go', ['build', '-o', go, '.'], { cwd: HERE });
  await run('go', ['build', '-o', fsck, FSCK], { cwd: HERE });
  return {
    go: async ({ place, vkey, token }, earlier) => {
      const before = earlier === undefined ? [] : [earlier];
      const said = await output(go, ['log', place, vkey, ...before], token);
      return { said, accepted: said.startsWith('accepted: ') };
    },
    goProof: async (...proof) => {
      const said = await output(go, ['proof', ...proof]);
      return { said, accepted: said.startsWith('accepted: ') };
    },
    goCosigned: async (...cosigned) => {
      const said = await output(go, ['cosigned', ...cosigned]);
      return { said, accepted: said.startsWith('accepted: ') };
    },
    fsck: async ({ place, vkey, token }) => {
      const key = join(folder, 'vkey');
      writeFileSync(key, vkey);
      const url = place.includes('://') ? `${place.replace(/\/*$/, '')}/` : `file://${place}`;
      const options = ['--storage_url', url, '--public_key', key, '--ui=false', '--N', '2'];
      const bearer = token === undefined ? [] : ['--bearer_token', token];
      const said = await output(fsck, [...options, ...bearer]);
      // It ends with 0 whatever it found, and may wait for ever after an error.
      return { said, accepted: said.includes("Successfully fsck'd log") };
    },
  };
}

const PATIENCE_MS = 60_000;

function output(program: string, args: readonly string[], token = ''): Promise<string> {
  const env = { ...process.env, LEDGER_TOKEN: token };
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: PATIENCE_MS }, (_, out, err) => resolve(out + err));
  });
}
