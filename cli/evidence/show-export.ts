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
  const { period, ledger, counts, sample } = facts;
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
  for (const { path, rows } of files) {
    if (rows !== null) out.print(`  ${path.padEnd(16)} ${rows.toLocaleString('en').padStart(9)}`);
  }
  if (sample !== null) {
    out.print(`  ${'proofs/'.padEnd(16)} ${sample.proofs.toLocaleString('en').padStart(9)}`);
  }
  if (counts.population === 0) out.print('No grant was requested or open in this period.');
  if (knownUntil === null || Date.parse(knownUntil) < period.to) {
    out.print(
      `The ledger ends at ${knownUntil ?? 'its beginning'}, within the period: export again when the period is over.`,
    );
  }
  out.print(`To verify it: valetkey audit verify --from ${options.out}/ledger --key VKEY`);
}
