import type { BundlesInForce } from '../../core/evidence/bundles-in-force.ts';
import { type ExportedFile, type ExportFacts, startOf } from '../../core/evidence/manifest.ts';
import { rootTextOf } from '../../core/ledger/checkpoint.ts';
import { entries } from '../audit/explain-fault.ts';
import type { Terminal } from '../terminal.ts';

export function showExport(
  options: { readonly out: string; readonly json: boolean },
  facts: ExportFacts,
  files: readonly ExportedFile[],
  out: Terminal,
): void {
  const { period, ledger, counts, sample, bundles } = facts;
  if (options.json) {
    const { vkey, size, checkpoint } = ledger;
    out.json({
      ok: true,
      out: options.out,
      period: { from: startOf(period.from), until: startOf(period.to) },
      ledger: { origin: vkey.split('+')[0], vkey, size, root: rootTextOf(checkpoint) },
      entries: facts.entries,
      sample,
      files,
    });
    return;
  }
  const { within, knownUntil } = facts.entries;
  out.print(
    `${options.out} ${out.paint('green', 'has the evidence')} of ${period.firstDay} to ${period.lastDay}, from ${entries(within)} of ${ledger.size.toLocaleString('en')}, all verified:`,
  );
  const line = (path: string, count: number): void =>
    out.print(`  ${path.padEnd(WIDTH)} ${count.toLocaleString('en').padStart(9)}`);
  for (const { path, rows } of files) {
    if (rows !== null && !path.startsWith('parquet/')) line(path, rows);
  }
  if (facts.ocsf.parquet !== null) line('parquet/', facts.ocsf.parquet.rows);
  line('bundles/', files.filter(({ path }) => path.startsWith('bundles/')).length);
  if (sample !== null) line('proofs/', sample.proofs);
  if (counts.population === 0) out.print('No grant was requested or open in this period.');
  if (bundles.gap) out.print(gapText(bundles));
  if (knownUntil === null || Date.parse(knownUntil) < period.to) {
    out.print(
      `The ledger ends at ${knownUntil ?? 'its beginning'}, within the period: export again when the period is over.`,
    );
  }
  out.print(`To verify it: valetkey audit verify --from ${options.out} --key VKEY`);
}

/** The longest name, `ocsf/compliance-finding-2003.jsonl`. */
const WIDTH = 34;

function gapText({ inForce }: BundlesInForce): string {
  const [first] = inForce;
  return first === undefined
    ? 'The ledger names no policy bundle for this period: entitlements.csv says nothing.'
    : `The ledger names no policy bundle before ${first.from}: entitlements.csv begins there.`;
}
