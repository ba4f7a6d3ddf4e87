import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerBroker } from '../test/cli/audit/ledger-broker.ts';
import { GOVERNED } from '../test/support/authorities.ts';
import {
  ANA,
  deployment,
  entryBytesOf,
  SESSION,
  type TrailEvent,
  trailOf,
} from '../test/support/evidence-trail.ts';
import { usageOf } from '../test/support/process-usage.ts';
import { recordedExports } from '../test/support/recorded-exports.ts';
import { ledgerOf, newSigner } from '../test/support/test-ledger.ts';
import { printResults } from './print-results.ts';
import { round } from './statistics.ts';

/**
 * What an export of evidence takes, and its verification: `valetkey` as it is packed, with the evidence of a quarter, from a
 * broker in this process, whose time and memory do not count. The folder is a temporary one, and goes with it.
 */

const GRANTS = 100_000;
const FROM = Date.UTC(2026, 6, 1);
/** July to September. */
const QUARTER_MS = 92 * 24 * 3_600_000;

export async function measureExport(grants = GRANTS) {
  const signer = newSigner();
  const entries = entriesOf(grants);
  const files = ledgerOf(entries, signer);
  const broker = await ledgerBroker(signer.vkey);
  broker.serve(files, {
    [`GET /v1/audit/ledger/${BUNDLE.file}`]: { body: BUNDLE.bytes },
    ...recordedExports(files, signer),
  });
  const out = join(broker.home.folder, 'evidence');
  const measured = async (...args: readonly string[]) => {
    const { cpuSeconds, peakMegabytes } = await usageOf(broker.home, args, broker.env);
    return { cpuSeconds: round(cpuSeconds), peakMegabytes: Math.round(peakMegabytes) };
  };
  try {
    const days = ['--from', '2026-07-01', '--to', '2026-09-30', '--sample', '25', '--seed', 'x'];
    const made = await measured('evidence', 'export', ...days, '--out', out);
    const megabytes = round(sizeOf(out) / 1e6);
    const verified = await measured('audit', 'verify', '--from', out, '--key', signer.vkey);
    return { grants, entries: entries.length, export: { ...made, megabytes }, verify: verified };
  } finally {
    await broker.close();
  }
}

const BUNDLE = deployment(GOVERNED, FROM - 3_600_000, ['the first bundle']);

/** Most grants are allowed and expire; some are asked of people, denied, or revoked. */
function entriesOf(grants: number): readonly Uint8Array[] {
  const entries = [entryBytesOf(BUNDLE.event)];
  for (let number = 0; number < grants; number += 1) {
    const at = FROM + Math.floor((number / grants) * (QUARTER_MS - 3_600_000));
    for (const event of trailAt(number, at)) entries.push(entryBytesOf(event));
  }
  return entries;
}

function trailAt(number: number, at: number): readonly TrailEvent[] {
  if (number % 20 === 0) return [trailOf(at, { outcome: 'deny' }).requested];
  const { requested, next } = trailOf(at);
  const vends = Array.from({ length: 1 + (number % 4) }, (_, vend) =>
    next({ type: 'vended', session: SESSION }, at + 1000 + vend, 'active', ANA),
  );
  return [requested, ...vends, next({ type: 'expired' }, at + 901_000, 'expired')];
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** `node bench/evidence-export.ts [GRANTS]` measures this alone; with a number, it only prints. */
if (import.meta.main) {
  const [given] = process.argv.slice(2);
  const evidenceExport = await measureExport(given === undefined ? GRANTS : Number(given));
  if (given === undefined) {
    const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as object;
    const text = `${JSON.stringify({ ...results, evidenceExport }, null, 2)}\n`;
    writeFileSync('bench/results.json', text);
  }
  printResults(evidenceExport);
}
