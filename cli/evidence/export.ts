import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { type Collector, collect } from '../../core/evidence/collect.ts';
import { controlRows } from '../../core/evidence/control-rows.ts';
import type { Framework } from '../../core/evidence/controls.ts';
import {
  type ExportedFile,
  type ExportFacts,
  manifestText,
  type SampleFacts,
  startOf,
} from '../../core/evidence/manifest.ts';
import { type Period, periodOf } from '../../core/evidence/period.ts';
import { readmeText } from '../../core/evidence/readme.ts';
import { type Sample, sampleOf } from '../../core/evidence/sample.ts';
import { row, TABLES, type TableName } from '../../core/evidence/tables.ts';
import { rootTextOf } from '../../core/ledger/checkpoint.ts';
import type { Log } from '../audit/log.ts';
import { logOfBroker } from '../audit/open-log.ts';
import { LogFailure, type Signed } from '../audit/same-log.ts';
import { progressBar, verified } from '../audit/verify.ts';
import { UsageError } from '../failure.ts';
import { interruptible } from '../grants/interruption.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import { bundlesIn, keeping, proofIn, stopIf } from './copied-log.ts';
import { explainLine } from './explain-line.ts';
import { newFolder } from './new-folder.ts';
import { type Exported, recordExport } from './record-export.ts';
import { showExport } from './show-export.ts';
import { type TableFiles, tableFiles, writeText } from './table-files.ts';
import { type WholeEntries, wholeEntries } from './whole-entries.ts';

/** `valetkey evidence export`: the ledger, verified and copied, and the tables that are made from it. */

export type ExportOptions = {
  readonly from: string;
  readonly to: string;
  readonly out: string;
  readonly control?: Framework;
  readonly sample?: number;
  readonly seed?: string;
  readonly broker?: string;
  readonly json: boolean;
};

export async function exportEvidence(options: ExportOptions, out: Terminal): Promise<void> {
  const period = periodOf(options.from, options.to);
  if (!period.ok) throw new UsageError(period.error, 'Write days such as 2026-10-01.');
  const wanted = sampleIn(options);
  try {
    const { facts, files } = await interruptible(({ signal }) =>
      newFolder(options.out, async (folder) => {
        const broker = signedIn(options.broker);
        const log = await logOfBroker(broker);
        const whole = wholeEntries(broker);
        const job = { options, folder, signal, log, whole, period: period.value, wanted };
        const signed = await verifiedCopy(job);
        const exported = await fill(job, signed);
        const proof = await recordExport(broker, log, recordOf(job, signed, exported), signal);
        writeText(folder, 'manifest.tlog-proof', proof);
        return exported;
      }),
    );
    showExport(options, facts, files, out);
  } catch (error) {
    if (options.json && error instanceof LogFailure) out.json({ ok: false, ...error.finding });
    throw error;
  }
}

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
  const { folder, period, log, wanted } = job;
  const names = Object.keys(TABLES) as TableName[];
  const tables = tableFiles(
    folder,
    names.filter((name) => name !== 'sample' || wanted !== null),
  );
  const sample = sampleOf(wanted?.size ?? 0, wanted?.seed ?? '');
  const collector = collect(period, sample);
  await writeRows(job, signed, collector, tables);
  const proofs = await writeProofs(job, signed, sample, tables);
  const { size } = signed.checkpoint;
  tables.write(controlRows(job.options.control ?? null, tables.counts(), size));
  const facts: ExportFacts = {
    period,
    ledger: { vkey: log.vkey, size, checkpoint: signed.note },
    entries: collector.coverage(),
    sample: wanted === null ? null : { ...wanted, ...drawnFacts(sample, proofs) },
    control: job.options.control ?? null,
    counts: tables.counts(),
  };
  const readme = writeText(folder, 'README.md', readmeText(facts));
  const files = [readme, ...tables.close(), ...proofs];
  const manifest = writeText(folder, 'manifest.json', manifestText(facts, files));
  return { facts, files, manifest };
}

async function writeRows(
  { folder, signal, log, whole }: Job,
  { checkpoint }: Signed,
  collector: Collector,
  tables: TableFiles,
): Promise<void> {
  const bar = progressBar();
  let index = 0;
  try {
    for (const entries of bundlesIn(join(folder, LEDGER), checkpoint.size)) {
      for (const entry of entries) {
        const rows = collector.take(await whole(entry), index);
        if (!rows.ok) throw explainLine(rows.error, index, log.place);
        tables.write(rows.value);
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
      files.push(writeText(folder, `proofs/${id}/${index}.tlog-proof`, proof));
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
