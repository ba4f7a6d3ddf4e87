import { rootTextOf } from '../ledger/checkpoint.ts';
import type { OcsfVersion } from '../ocsf/classes.ts';
import type { BundlesInForce } from './bundles-in-force.ts';
import type { Coverage } from './collect.ts';
import type { Framework } from './controls.ts';
import type { Lake } from './lake.ts';
import type { Period } from './period.ts';
import type { TableName } from './tables.ts';

/** What an export says of itself. It follows from the ledger alone: no time of the export, no name of who made it. */

export type ExportedFile = {
  readonly path: string;
  /** Records without the header; null for what is no table. */
  readonly rows: number | null;
  readonly sha256: string;
};

export type ExportFacts = {
  readonly period: Period;
  readonly ledger: { readonly vkey: string; readonly size: number; readonly checkpoint: string };
  readonly entries: Coverage;
  readonly sample: SampleFacts | null;
  readonly control: Framework | null;
  readonly counts: Readonly<Record<TableName, number>>;
  readonly bundles: BundlesInForce;
  /** How many events the ledger has only the SHA-256 of. */
  readonly longEvents: number;
  readonly ocsf: OcsfFacts;
};

export type OcsfFacts = {
  readonly version: OcsfVersion;
  /** One file for each class. */
  readonly files: readonly ExportedFile[];
  /** The same events in Parquet: of how many days and classes. Null unless it was asked for. */
  readonly parquet: { readonly lake: Lake; readonly files: number; readonly rows: number } | null;
};

export type SampleFacts = {
  readonly size: number;
  readonly seed: string;
  readonly drawn: number;
  readonly proofs: number;
};

export const FORMAT = 'valetkey-evidence@v1';

/** As JSON, with a line break at the end. */
export function manifestText(facts: ExportFacts, files: readonly ExportedFile[]): string {
  const { period, ledger, entries, sample, control, bundles, ocsf } = facts;
  const manifest = {
    format: FORMAT,
    period: { from: startOf(period.from), until: startOf(period.to) },
    ledger: { ...ledger, root: rootTextOf(ledger.checkpoint) },
    entries,
    sample,
    control,
    ocsf: ocsf.version,
    parquet: ocsf.parquet?.lake ?? null,
    bundles: bundles.inForce,
    files,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

export function startOf(instant: number): string {
  return new Date(instant).toISOString();
}
