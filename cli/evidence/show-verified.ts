import { startOf } from '../../core/evidence/manifest.ts';
import type { Coverage } from '../../core/ledger/witnessed.ts';
import { entries } from '../audit/explain-fault.ts';
import { showSeen } from '../audit/verify.ts';
import { showWitnesses, witnessesJson } from '../audit/witnesses.ts';
import { count, type Terminal } from '../terminal.ts';
import { recordedBy } from './folder-record.ts';
import type { Remaking } from './remade.ts';

type Verified = Remaking & {
  readonly proofs: number;
  readonly repacked: number;
  readonly coverages: readonly Coverage[];
};

export function showVerified(
  { folder, manifest, sha256, log, record, proofs, repacked, coverages }: Verified,
  json: boolean,
  out: Terminal,
): void {
  const { period, files, ledger } = manifest;
  const { size, root } = ledger;
  if (json) {
    const { key, vkey, before } = log;
    const seen = before === null ? null : { size: before.checkpoint.size, at: before.seenAt };
    const days = { from: startOf(period.from), until: startOf(period.to) };
    const witnesses = witnessesJson(coverages);
    const facts = {
      witnesses,
      manifest: sha256,
      period: days,
      record,
      files: files.length,
      proofs,
      repacked,
    };
    out.json({ ok: true, origin: key.name, vkey, size, root, before: seen, ...facts });
    return;
  }
  out.print(
    `${folder} ${out.paint('green', 'verifies')}: the evidence of ${period.firstDay} to ${period.lastDay}, from ${entries(size)}, signed by ${log.key.name}`,
  );
  const line = (name: string, text: string): void => out.print(`  ${name.padEnd(WIDTH)} ${text}`);
  line('ledger/', `${entries(size)}, each verified`);
  line('manifest.json', `${recordedBy(record)}: entry ${record.entry} has its SHA-256`);
  line('files', `${count(files.length, 'file')}, made again from the ledger: they are the same`);
  if (proofs > 0) line('proofs/', `${count(proofs, 'proof')}, each verified`);
  if (repacked > 0) {
    line(
      'parquet/',
      `${count(repacked, 'file')} with the same records, packed by another Zstandard`,
    );
  }
  showWitnesses(coverages, out);
  showSeen(log, out);
}

const WIDTH = 13;
