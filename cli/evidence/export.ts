import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { type Collector, collect } from '../../core/evidence/collect.ts';
import { controlRows } from '../../core/evidence/control-rows.ts';
import type { Framework } from '../../core/evidence/controls.ts';
import { type Lake, parseLake } from '../../core/evidence/lake.ts';
import {
  type ExportedFile,
  type ExportFacts,
  manifestText,
  type SampleFacts,
  startOf,
} from '../../core/evidence/manifest.ts';
import { ocsfRecord } from '../../core/evidence/ocsf-record.ts';
import { type Period, periodOf } from '../../core/evidence/period.ts';
import { readmeText } from '../../core/evidence/readme.ts';
import { type Sample, sampleOf } from '../../core/evidence/sample.ts';
import { row, TABLES, type TableName } from '../../core/evidence/tables.ts';
import { rootTextOf } from '../../core/ledger/checkpoint.ts';
import type { OcsfVersion } from '../../core/ocsf/classes.ts';
import type { Log } from '../audit/log.ts';
import { logOfBroker } from '../audit/open-log.ts';
import { LogFailure, type Signed } from '../audit/same-log.ts';
import { progressBar, verified } from '../audit/verify.ts';
import { UsageError } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import { exportBundles } from './bundle-files.ts';
import { bundlesIn, keeping, proofIn, stopIf } from './copied-log.ts';
import { explainLine } from './explain-line.ts';
import { writeWhole } from './hashed-file.ts';
import { newFolder } from './new-folder.ts';
import { type OcsfFiles, ocsfFiles } from './ocsf-files.ts';
import { type Exported, recordExport } from './record-export.ts';
import { showExport } from './show-export.ts';
import { type TableFiles, tableFiles } from './table-files.ts';
import { type WholeEntries, wholeEntries } from './whole-entries.ts';

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
        const job = { options, folder, signal, log, whole, period: period.value, wanted, lake };
        const signed = await verifiedCopy(job);
        const exported = await fill(job, signed);
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

/** @throws UsageError where Parquet was asked for and cannot be written: Zstandard came to Node with 22.15. */
function lakeIn({ parquet }: ExportOptions): Lake | null {
  if (parquet === undefined) return null;
  const lake = parseLake(parquet);
  if (!lake.ok) throw new UsageError(`"${parquet}" is no lake: ${lake.error}.`, LAKE_HINT);
  if ('zstdCompressSync' in zlib) return lake.value;
  throw new UsageError(
    `Parquet takes Node 22.15 or later, and this is ${process.version}.`,
    'Run valetkey with a newer Node, or export without --parquet.',
  );
}

const LAKE_HINT = 'For example: --parquet eu-west-1/111122223333';

type Wanted = { readonly size: number; readonly seed: string };

function sampleIn({ sample, seed }: ExportOptions): Wanted | null {
  if (sample !== undefined && seed !== undefined) return { size: sample, seed };
  if (sample === undefined && seed === undefined) return null;
  throw new UsageError(
    'A sample needs both --sample and --seed.',
    'With the seed, which the auditor chooses, anybody can draw the same grants again.',
  );
}

type Job = {
  readonly options: ExportOptions;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly whole: WholeEntries;
  readonly period: Period;
  readonly wanted: Wanted | null;
  readonly lake: Lake | null;
};

const LEDGER = 'ledger';

async function verifiedCopy({ log, folder, signal }: Job): Promise<Signed> {
  const copy = join(folder, LEDGER);
  mkdirSync(copy);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    return await verified({ ...log, read: keeping(log.read, copy, either) });
  } finally {
    over.abort();
  }
}

type Filled = {
  readonly facts: ExportFacts;
  readonly files: readonly ExportedFile[];
  readonly manifest: ExportedFile;
};

function recordOf({ period }: Job, { checkpoint, note }: Signed, { manifest }: Filled): Exported {
  const [from, until] = [startOf(period.from), startOf(period.to)];
  return { from, until, size: checkpoint.size, root: rootTextOf(note), manifest: manifest.sha256 };
}

async function fill(job: Job, signed: Signed): Promise<Filled> {
  const { folder, period, log, wanted, lake } = job;
  const names = Object.keys(TABLES) as TableName[];
  const version = job.options.ocsf;
  const tables = tableFiles(
    folder,
    names.filter((name) => name !== 'sample' || wanted !== null),
  );
  const sample = sampleOf(wanted?.size ?? 0, wanted?.seed ?? '');
  const collector = collect(period, sample);
  const ocsf = await ocsfFiles(folder, version, lake);
  await writeRows(job, signed, collector, { tables, ocsf });
  const { events, parquet } = ocsf.close();
  const bundles = await exportBundles(log, folder, collector.bundles(), job.signal);
  tables.write(bundles.rows);
  const proofs = await writeProofs(job, signed, sample, tables);
  const { size } = signed.checkpoint;
  const others = { ledger: size, ocsf: sumOf(events) };
  tables.write(controlRows(job.options.control ?? null, tables.counts(), others));
  const facts: ExportFacts = {
    period,
    ledger: { vkey: log.vkey, size, checkpoint: signed.note },
    entries: collector.coverage(),
    sample: wanted === null ? null : { ...wanted, ...drawnFacts(sample, proofs) },
    control: job.options.control ?? null,
    counts: tables.counts(),
    bundles: collector.bundles(),
    ocsf: {
      version,
      files: events,
      parquet: lake === null ? null : { lake, files: parquet.length, rows: sumOf(parquet) },
    },
  };
  const readme = writeWhole(folder, 'README.md', readmeText(facts));
  const files = [readme, ...tables.close(), ...events, ...parquet, ...bundles.files, ...proofs];
  const manifest = writeWhole(folder, 'manifest.json', manifestText(facts, files));
  return { facts, files, manifest };
}

function sumOf(files: readonly ExportedFile[]): number {
  return files.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}

type Writers = { readonly tables: TableFiles; readonly ocsf: OcsfFiles };

async function writeRows(
  { folder, signal, log, whole, options }: Job,
  { checkpoint }: Signed,
  collector: Collector,
  { tables, ocsf }: Writers,
): Promise<void> {
  const where = { version: options.ocsf, origin: log.key.name };
  const bar = progressBar();
  let index = 0;
  try {
    for (const entries of bundlesIn(join(folder, LEDGER), checkpoint.size)) {
      for (const entry of entries) {
        const taken = collector.take(await whole(entry), index);
        if (!taken.ok) throw explainLine(taken.error, index, log.place);
        const { rows, event } = taken.value;
        tables.write(rows);
        if (event !== null) ocsf.write(ocsfRecord(event, { ...where, index, entry }));
        index += 1;
      }
      bar.seen(index, checkpoint.size);
      await breathe();
      stopIf(signal);
    }
    tables.write(collector.end());
  } finally {
    bar.clear();
  }
}

/** A proof of each entry of each grant that was drawn. */
async function writeProofs(
  { folder, signal }: Job,
  { checkpoint, note }: Signed,
  sample: Sample,
  tables: TableFiles,
): Promise<readonly ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const [place, { id, sha256, entries }] of sample.drawn().entries()) {
    mkdirSync(join(folder, 'proofs', id), { recursive: true });
    for (const index of entries) {
      stopIf(signal);
      const proof = await proofIn(join(folder, LEDGER), index, checkpoint.size, note);
      files.push(writeWhole(folder, `proofs/${id}/${index}.tlog-proof`, proof));
    }
    tables.write([row('sample', { draw: place + 1, id, sha256, proofs: entries.length })]);
  }
  return files;
}

function drawnFacts(
  sample: Sample,
  proofs: readonly ExportedFile[],
): Pick<SampleFacts, 'drawn' | 'proofs'> {
  return { drawn: sample.drawn().length, proofs: proofs.length };
}
