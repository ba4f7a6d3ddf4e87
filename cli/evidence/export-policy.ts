import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BundleFiles } from '../../core/bundle/bundle.ts';
import { readBundleSource } from '../../core/bundle/bundle-source.ts';
import { sourcePath } from '../../core/ledger/bundle-path.ts';
import { filesOfLog, type Where } from '../audit/open-log.ts';
import { Failure, UsageError } from '../failure.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { newFolder } from './new-folder.ts';

export type ExportPolicyOptions = Pick<Where, 'from' | 'broker'> & {
  readonly hash: string;
  readonly out: string;
  readonly json: boolean;
};

export type ExportPolicy = (options: ExportPolicyOptions, out: Terminal) => Promise<void>;

/**
 * `valetkey policy export`: writes the files of a bundle that was deployed, out of the ledger. The hash vouches for
 * every byte of them, so that it takes no key of the ledger.
 */
export const exportPolicy: ExportPolicy = async ({ hash, out: wanted, json, ...where }, out) => {
  if (!/^sha256:[0-9a-f]{64}$/.test(hash)) {
    throw new UsageError(
      `"${plain(hash)}" is not the hash of a bundle.`,
      'It is sha256: and 64 digits, as the decision of every grant has it: valetkey status GRANT --json',
    );
  }
  const { read, place } = filesOfLog(where);
  const answer = await read(sourcePath(hash));
  const bytes = answer.ok ? answer.value : null;
  if (bytes === null) throw missing(hash, place);
  const source = readBundleSource(Buffer.from(bytes).toString('utf8'), hash);
  if (!source.ok) throw source.error === 'changed' ? changed(hash, place) : unreadable(hash, place);
  const { files, sameSchema } = source.value;
  await newFolder(wanted, async (folder) => write(folder, files));
  if (json) return out.json({ hash, folder: wanted, files: [...files.keys()], sameSchema });
  out.print(`Wrote ${count(files.size, 'file')} to ${plain(wanted)}, as they were deployed.`);
  if (!sameSchema) out.print(OTHER_SCHEMA);
  out.print('The cases are not among them: they decide nothing. Then:');
  out.print(`  valetkey policy check --policy ${plain(wanted)}`);
};

function write(folder: string, files: BundleFiles): void {
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
}

const OTHER_SCHEMA =
  'They were compiled with the Cedar schema of another version of valetkey: with this one they get another hash.';

function missing(hash: string, place: string): Failure {
  return new Failure(
    'failed',
    `${place} has no bundle with the hash ${hash}.`,
    'The ledger keeps those that were deployed. Brokers of version 0.1.0 and older did not keep their files.',
  );
}

function changed(hash: string, place: string): Failure {
  return new Failure(
    'failed',
    `What ${place} has as the bundle ${hash} is another one: its SHA-256 differs. Nothing was written.`,
    'Tell your security team.',
  );
}

function unreadable(hash: string, place: string): Failure {
  return new Failure(
    'failed',
    `The bundle ${hash} of ${place} is not what this version of valetkey can read. Nothing was written.`,
    'The broker is newer than the command: update valetkey.',
  );
}
