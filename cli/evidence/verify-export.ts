import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from '../../core/evidence/read-manifest.ts';
import { rootTextOf } from '../../core/ledger/checkpoint.ts';
import type { Log } from '../audit/log.ts';
import { openLog } from '../audit/open-log.ts';
import { provenIn } from '../audit/proof-file.ts';
import { LogFailure, type Signed } from '../audit/same-log.ts';
import { type VerifyOptions, verified } from '../audit/verify.ts';
import { demandWitnesses, witnessKeys } from '../audit/witnesses.ts';
import { interruptible } from '../grants/interruption.ts';
import { plain, type Terminal } from '../terminal.ts';
import { FolderFault, INCOMPLETE, KEEP } from './folder-fault.ts';
import { demandListed, lacks } from './folder-files.ts';
import { recordIn } from './folder-record.ts';
import { demandRemade } from './remade.ts';
import { showVerified } from './show-verified.ts';

/**
 * `valetkey audit verify --from FOLDER` of a folder of `valetkey evidence export`: the ledger in it, the record of the
 * export, each file and each proof; and that the files follow from the ledger.
 */
export async function verifyExport(
  folder: string,
  options: VerifyOptions,
  out: Terminal,
): Promise<void> {
  try {
    const { manifest, sha256 } = manifestIn(folder);
    const log = await openLog({ ...options, from: join(folder, 'ledger') });
    const signed = await verified(log);
    const witnesses = witnessKeys(options.witness);
    const coverages = await demandWitnesses(log, signed, witnesses, null);
    demandLedger(folder, manifest, log, signed);
    demandListed(folder, manifest.files);
    const record = await recordIn(folder, manifest, sha256, log);
    const proofs = await verifiedProofs(folder, manifest, log);
    const remaking = { folder, manifest, sha256, log, signed, record };
    const repacked = await interruptible(({ signal }) => demandRemade(remaking, signal));
    showVerified({ ...remaking, proofs, repacked, coverages }, options.json, out);
  } catch (error) {
    if (options.json && error instanceof LogFailure) out.json({ ok: false, ...error.finding });
    if (options.json && error instanceof FolderFault) out.json({ ok: false, file: error.file });
    throw error;
  }
}

function manifestIn(folder: string): { readonly manifest: Manifest; readonly sha256: string } {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw lacks(folder, 'manifest.json');
  const content = readFileSync(path);
  const manifest = readManifest(content.toString('utf8'));
  if (manifest.ok) {
    return { manifest: manifest.value, sha256: createHash('sha256').update(content).digest('hex') };
  }
  throw new FolderFault(
    'manifest.json',
    `manifest.json of ${folder} is not the manifest of an export: ${plain(manifest.error)}.`,
    `If another version of valetkey exported the folder, verify it with that version. If not: ${INCOMPLETE}`,
  );
}

/** @throws FolderFault unless a manifest is about the state of the ledger that its folder has. */
function demandLedger(folder: string, { ledger }: Manifest, log: Log, signed: Signed): void {
  const has = { vkey: log.vkey, size: signed.checkpoint.size, root: rootTextOf(signed.note) };
  const whole = { ...has, checkpoint: signed.note };
  for (const [name, value] of Object.entries(whole)) {
    const said = ledger[name as keyof typeof whole];
    if (said === value) continue;
    throw new FolderFault(
      'manifest.json',
      `manifest.json of ${folder} is about another state of the ledger than the one in ${log.place}: its ${name} is ${plain(String(said))}, not ${value}.`,
      KEEP,
    );
  }
}

/** @throws Failure for the first proof that does not verify. */
async function verifiedProofs(folder: string, { files }: Manifest, log: Log): Promise<number> {
  const proofs = files.filter(({ path }) => path.endsWith('.tlog-proof'));
  for (const { path } of proofs) {
    const place = join(folder, path);
    await provenIn(place, { ...log, place });
  }
  return proofs.length;
}
