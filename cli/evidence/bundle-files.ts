import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleInForce, BundlesInForce } from '../../core/evidence/bundles-in-force.ts';
import {
  type BundleFacts,
  type BundleFault,
  entitlementRows,
  readBundle,
} from '../../core/evidence/entitlement-rows.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import type { Row } from '../../core/evidence/tables.ts';
import { hashOfBundlePath } from '../../core/ledger/bundle-path.ts';
import type { ReadLogFile } from '../../core/ledger/from-tiles.ts';
import type { Log } from '../audit/log.ts';
import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import { stopIf } from './copied-log.ts';
import { writeWhole } from './hashed-file.ts';

/** The policy bundles that were in force, from beside the files of the ledger. */

type BundleExport = { readonly rows: readonly Row[]; readonly files: readonly ExportedFile[] };

/**
 * Downloads each bundle once, demands that it is the one that the ledger names, and keeps it.
 *
 * @throws Failure where one is not there, or is another one: an empty table would say that nothing could be asked for.
 */
export async function exportBundles(
  { read, place }: Log,
  folder: string,
  { inForce }: BundlesInForce,
  signal: AbortSignal,
): Promise<BundleExport> {
  mkdirSync(join(folder, 'bundles'));
  const known = new Map<string, BundleFacts>();
  const rows: Row[] = [];
  const files: ExportedFile[] = [];
  for (const one of inForce) {
    stopIf(signal);
    const path = one.file.replace('bundle/', 'bundles/');
    let facts = known.get(one.file);
    if (facts === undefined) {
      const found = await download(read, one, place);
      files.push(writeWhole(folder, path, found.bytes));
      facts = found.facts;
      known.set(one.file, facts);
    }
    rows.push(...entitlementRows(facts, one, path));
  }
  return { rows, files };
}

async function download(read: ReadLogFile, one: BundleInForce, place: string) {
  if (hashOfBundlePath(one.file) === null) throw explain('path', one.file, place);
  const answer = await read(one.file);
  const bytes = answer.ok ? answer.value : null;
  if (bytes === null) throw explain('missing', one.file, place);
  const facts = readBundle(one, bytes);
  if (!facts.ok) throw explain(facts.error, one.file, place);
  return { bytes, facts: facts.value };
}

function explain(fault: BundleFault | 'path' | 'missing', file: string, place: string): Failure {
  const what = `The policy bundle ${plain(file)}, which the ledger of ${place} names,`;
  switch (fault) {
    case 'path':
      return new Failure('failed', `${what} has no name of a bundle: it is not read.`, TELL);
    case 'missing':
      return new Failure(
        'failed',
        `${what} is not there.`,
        `It is kept as long as the ledger. ${TELL}`,
      );
    case 'changed':
      return new Failure('failed', `${what} is another one: its SHA-256 is not its name.`, TELL);
    case 'unreadable':
      return new Failure(
        'failed',
        `${what} is not what this version of valetkey can read.`,
        'The broker is newer than the command, or much older: update valetkey.',
      );
  }
}

const TELL = 'Tell your security team.';
