import { join } from 'node:path';
import { actorId, actorName, readLine } from '../../core/evidence/ledger-line.ts';
import { startOf } from '../../core/evidence/manifest.ts';
import type { Manifest } from '../../core/evidence/read-manifest.ts';
import type { Log } from '../audit/log.ts';
import { provenIn } from '../audit/proof-file.ts';
import { plain } from '../terminal.ts';
import { FolderFault, KEEP } from './folder-fault.ts';

/** Who exported what, as the ledger has it. */
export type ExportRecord = {
  /** Its place in the ledger. */
  readonly entry: number;
  readonly event: string;
  readonly at: string;
  readonly by: string;
  readonly byName: string | null;
};

const FILE = 'manifest.tlog-proof';

/**
 * The record that vouches for a manifest.
 *
 * @param sha256 Of the manifest.
 * @throws Failure unless the ledger's key signed it, and it is about this manifest.
 */
export async function recordIn(
  folder: string,
  { period, ledger }: Manifest,
  sha256: string,
  log: Log,
): Promise<ExportRecord> {
  const place = join(folder, FILE);
  const { index, entry } = await provenIn(place, { ...log, place });
  const read = readLine(entry);
  const line = read.ok ? read.value.line : null;
  if (line?.type !== 'evidence-exported') {
    const message = `${place} is the proof of entry ${index}, which is no export of evidence.`;
    throw new FolderFault(FILE, message, KEEP);
  }
  const { id: event, at, actor } = line;
  const record = { entry: index, event, at, by: actorId(actor), byName: actorName(actor) };
  const { size, root } = ledger;
  const said = {
    manifest: sha256,
    from: startOf(period.from),
    until: startOf(period.to),
    size,
    root,
  };
  const differs = Object.entries(said).find(([name, value]) => !isSame(line, name, value));
  if (differs === undefined) return record;
  const [name] = differs;
  const what =
    name === 'manifest' ? 'the SHA-256 of another manifest.json' : `another ${name} of the export`;
  throw new FolderFault(
    name === 'manifest' ? 'manifest.json' : FILE,
    `manifest.json of ${folder} is not what was recorded: ${FILE}, ${recordedBy(record)}, has ${what}. Either manifest.json was changed afterwards, or the record is that of another export.`,
    KEEP,
  );
}

/** Times have different numbers of digits in the ledger and in a manifest. */
function isSame(line: object, name: string, value: unknown): boolean {
  const recorded = (line as Readonly<Record<string, unknown>>)[name];
  if (name !== 'from' && name !== 'until') return recorded === value;
  return Date.parse(String(recorded)) === Date.parse(String(value));
}

export function recordedBy({ by, byName, at }: ExportRecord): string {
  return plain(`recorded by ${byName === null ? by : `${byName} (${by})`} at ${at}`);
}
