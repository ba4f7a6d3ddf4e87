import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework } from '../../core/evidence/controls.ts';
import { type Lake, parseLake } from '../../core/evidence/lake.ts';
import { startOf } from '../../core/evidence/manifest.ts';
import { periodOf } from '../../core/evidence/period.ts';
import { rootTextOf } from '../../core/ledger/checkpoint.ts';
import type { OcsfVersion } from '../../core/ocsf/classes.ts';
import { logOfBroker } from '../audit/open-log.ts';
import { LogFailure, type Signed } from '../audit/same-log.ts';
import { verified } from '../audit/verify.ts';
import { UsageError } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import { keeping } from './copied-log.ts';
import { type Filled, type FillJob, fillFolder, type Wanted } from './fill-folder.ts';
import { writeWhole } from './hashed-file.ts';
import { newFolder } from './new-folder.ts';
import { type Exported, recordExport } from './record-export.ts';
import { showExport } from './show-export.ts';
import { wholeEntries } from './whole-entries.ts';
import { demandZstandard } from './zstandard.ts';

/** `valetkey evidence export`: the ledger, verified and copied, and the tables that are made from it. */

export type ExportOptions = {
  readonly from: string;
  readonly to: string;
  readonly out: string;
  readonly control?: Framework;
  readonly sample?: number;
  readonly seed?: string;
  readonly ocsf: OcsfVersion;
  readonly parquet?: string;
  readonly broker?: string;
  readonly json: boolean;
};

export async function exportEvidence(options: ExportOptions, out: Terminal): Promise<void> {
  const period = periodOf(options.from, options.to);
  if (!period.ok) throw new UsageError(period.error, 'Write days such as 2026-10-01.');
  const wanted = sampleIn(options);
  const lake = lakeIn(options);
  try {
    const { facts, files } = await interruptible(({ signal }) =>
      newFolder(options.out, async (folder) => {
        const broker = signedIn(options.broker);
        const log = await logOfBroker(broker);
        const whole = wholeEntries(broker);
        const { ocsf, control = null } = options;
        const wishes = { period: period.value, wanted, lake, control, ocsf };
        const job = { ...wishes, folder, ledger: join(folder, 'ledger'), signal, log, whole };
        const signed = await verifiedCopy(job);
        const exported = await fillFolder(job, signed);
        const proof = await recordExport(broker, log, recordOf(job, signed, exported), signal);
        writeWhole(folder, 'manifest.tlog-proof', proof);
        return exported;
      }),
    );
    showExport(options, facts, files, out);
  } catch (error) {
    if (options.json && error instanceof LogFailure) out.json({ ok: false, ...error.finding });
    throw error;
  }
}

/** @throws UsageError where Parquet was asked for and cannot be written. */
function lakeIn({ parquet }: ExportOptions): Lake | null {
  if (parquet === undefined) return null;
  const lake = parseLake(parquet);
  if (!lake.ok) throw new UsageError(`"${parquet}" is no lake: ${lake.error}.`, LAKE_HINT);
  demandZstandard('Run valetkey with a newer Node, or export without --parquet.');
  return lake.value;
}

const LAKE_HINT = 'For example: --parquet eu-west-1/111122223333';

function sampleIn({ sample, seed }: ExportOptions): Wanted | null {
  if (sample !== undefined && seed !== undefined) return { size: sample, seed };
  if (sample === undefined && seed === undefined) return null;
  throw new UsageError(
    'A sample needs both --sample and --seed.',
    'With the seed, which the auditor chooses, anybody can draw the same grants again.',
  );
}

async function verifiedCopy({ log, ledger, signal }: FillJob): Promise<Signed> {
  mkdirSync(ledger);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    return await verified({ ...log, read: keeping(log.read, ledger, either) });
  } finally {
    over.abort();
  }
}

function recordOf(
  { period }: FillJob,
  { checkpoint, note }: Signed,
  { manifest }: Filled,
): Exported {
  const [from, until] = [startOf(period.from), startOf(period.to)];
  return { from, until, size: checkpoint.size, root: rootTextOf(note), manifest: manifest.sha256 };
}
