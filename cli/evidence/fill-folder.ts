import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { type Collector, collect } from '../../core/evidence/collect.ts';
import { controlRows } from '../../core/evidence/control-rows.ts';
import type { Framework } from '../../core/evidence/controls.ts';
import type { Lake } from '../../core/evidence/lake.ts';
import {
  type ExportedFile,
  type ExportFacts,
  manifestText,
  type SampleFacts,
} from '../../core/evidence/manifest.ts';
import { ocsfRecord } from '../../core/evidence/ocsf-record.ts';
import type { Period } from '../../core/evidence/period.ts';
import { readmeText } from '../../core/evidence/readme.ts';
import { type Sample, sampleOf } from '../../core/evidence/sample.ts';
import { row, TABLES, type TableName } from '../../core/evidence/tables.ts';
import type { OcsfVersion } from '../../core/ocsf/classes.ts';
import type { Log } from '../audit/log.ts';
import type { Signed } from '../audit/same-log.ts';
import { progressBar } from '../audit/verify.ts';
import { exportBundles } from './bundle-files.ts';
import { bundlesIn, proofIn, stopIf } from './copied-log.ts';
import { explainLine } from './explain-line.ts';
import { writeWhole } from './hashed-file.ts';
import { type LongEvents, longEvents } from './long-events.ts';
import { type OcsfFiles, ocsfFiles } from './ocsf-files.ts';
import { type TableFiles, tableFiles } from './table-files.ts';
import type { WholeEntries } from './whole-entries.ts';

/** Makes the files of an export out of a verified copy of a ledger. The same ledger and the same wishes: the same files. */

export type Wanted = { readonly size: number; readonly seed: string };

/** What an export can be asked for. */
export type Wishes = {
  readonly period: Period;
  readonly wanted: Wanted | null;
  readonly lake: Lake | null;
  /** Null for all. */
  readonly control: Framework | null;
  readonly ocsf: OcsfVersion;
};

export type FillJob = Wishes & {
  /** Where the files are made. */
  readonly folder: string;
  /** The folder of the verified copy. */
  readonly ledger: string;
  readonly signal: AbortSignal;
  /** Where the policy bundles are read. */
  readonly log: Log;
  readonly whole: WholeEntries;
};

export type Filled = {
  readonly facts: ExportFacts;
  readonly files: readonly ExportedFile[];
  readonly manifest: ExportedFile;
};

export async function fillFolder(job: FillJob, signed: Signed): Promise<Filled> {
  const { folder, period, log, wanted, lake, control } = job;
  const names = Object.keys(TABLES) as TableName[];
  const version = job.ocsf;
  const tables = tableFiles(
    folder,
    names.filter((name) => name !== 'sample' || wanted !== null),
  );
  const sample = sampleOf(wanted?.size ?? 0, wanted?.seed ?? '');
  const collector = collect(period, sample);
  const ocsf = await ocsfFiles(folder, version, lake);
  const long = longEvents(folder);
  await writeRows(job, signed, collector, { tables, ocsf, long });
  const { events, parquet } = ocsf.close();
  const whole = long.close();
  const bundles = await exportBundles(log, folder, collector.bundles(), job.signal);
  tables.write(bundles.rows);
  const proofs = await writeProofs(job, signed, sample, tables);
  const { size } = signed.checkpoint;
  const others = { ledger: size, ocsf: sumOf(events) };
  tables.write(controlRows(control, tables.counts(), others));
  const facts: ExportFacts = {
    period,
    ledger: { vkey: log.vkey, size, checkpoint: signed.note },
    entries: collector.coverage(),
    sample: wanted === null ? null : { ...wanted, ...drawnFacts(sample, proofs) },
    control,
    counts: tables.counts(),
    bundles: collector.bundles(),
    longEvents: sumOf(whole),
    ocsf: {
      version,
      files: events,
      parquet: lake === null ? null : { lake, files: parquet.length, rows: sumOf(parquet) },
    },
  };
  const readme = writeWhole(folder, 'README.md', readmeText(facts));
  const made = [...tables.close(), ...events, ...parquet, ...whole, ...bundles.files, ...proofs];
  const files = [readme, ...made];
  const manifest = writeWhole(folder, 'manifest.json', manifestText(facts, files));
  return { facts, files, manifest };
}

function sumOf(files: readonly ExportedFile[]): number {
  return files.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}

type Writers = {
  readonly tables: TableFiles;
  readonly ocsf: OcsfFiles;
  readonly long: LongEvents;
};

async function writeRows(
  { ledger, signal, log, whole, ocsf: version }: FillJob,
  { checkpoint }: Signed,
  collector: Collector,
  { tables, ocsf, long }: Writers,
): Promise<void> {
  const where = { version, origin: log.key.name };
  const bar = progressBar();
  let index = 0;
  try {
    for (const entries of bundlesIn(ledger, checkpoint.size)) {
      for (const entry of entries) {
        const bytes = await whole(entry);
        if (bytes !== entry) long.add(bytes);
        const taken = collector.take(bytes, index);
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
  { folder, ledger, signal }: FillJob,
  { checkpoint, note }: Signed,
  sample: Sample,
  tables: TableFiles,
): Promise<readonly ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const [place, { id, sha256, entries }] of sample.drawn().entries()) {
    mkdirSync(join(folder, 'proofs', id), { recursive: true });
    for (const index of entries) {
      stopIf(signal);
      const proof = await proofIn(ledger, index, checkpoint.size, note);
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
