import type { Unavailable } from '../failure.ts';
import { type DeniedGrant, denierOf } from '../kill/deny-policy.ts';
import type { KillStore } from '../kill/ports.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { ReadLogFile } from '../ledger/from-tiles.ts';
import { rootOf } from '../ledger/merkle.ts';
import { verifyGrowth } from '../ledger/verify-growth.ts';
import { err, ok, type Result } from '../result.ts';
import type { RoleDeny, Survey } from './survey.ts';

/** What is wrong with a restored table, in words. */

export type NotSigned = { readonly code: 'not-signed' };

export type FindingPorts = {
  /** The newest checkpoint of the ledger, verified; null where there is none. */
  readonly checkpoint: () => Promise<Result<Checkpoint | null, Unavailable | NotSigned>>;
  readonly readFile: ReadLogFile;
  /** What the broker denies today. */
  readonly kills: Pick<KillStore, 'denied' | 'readSwitch'>;
};

/** Items of one second may be missing: a backup is no transaction. */
const SKEW = 1000;

export function itemFindings({ counts, tree, faults }: Survey): readonly string[] {
  const findings = Array.from(faults, ([fault, times]) => `${fault} (${times} items)`);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all === 0) return [...findings, 'it is empty'];
  if (counts.event < counts.grant) {
    findings.push(`it has ${counts.grant} grants and only ${counts.event} events`);
  }
  const placed = tree?.size ?? 0;
  if (counts.place + SKEW < placed) {
    findings.push(`its ledger has ${placed} entries, and only ${counts.place} have a place`);
  }
  return findings;
}

/** A table that knows more than was ever signed, or other entries, would fork the log. */
export async function ledgerFindings(
  { checkpoint, readFile }: FindingPorts,
  { tree }: Survey,
): Promise<Result<readonly string[], Unavailable>> {
  const newest = await checkpoint();
  if (!newest.ok) {
    const { error } = newest;
    if (error.code === 'unavailable') return err(error);
    return ok(['the newest checkpoint is not signed with the key of the ledger']);
  }
  const signed = newest.value;
  if (signed === null) return ok(tree === null ? [] : ['nobody has signed the ledger it knows']);
  if (tree === null)
    return ok([`it knows nothing of the ledger, which has ${signed.size} entries`]);
  const { size } = tree;
  if (size > signed.size) {
    return ok([`its ledger has ${size} entries, and the newest checkpoint ${signed.size}`]);
  }
  const grown = await verifyGrowth(readFile, { size, root: rootOf(tree) }, signed);
  if (grown.ok) return ok([]);
  const { error } = grown;
  if (error.code === 'unavailable') return err(error);
  if (error.code === 'missing' || error.code === 'damaged') {
    return ok([`the file ${error.path} of the ledger is ${error.code}`]);
  }
  return ok([`its ledger of ${size} entries is not the beginning of the signed one`]);
}

/**
 * The switch of the broker's own table says what a role's policy was last read back as: so this needs no right in IAM,
 * which only the kill switch has.
 */
export async function denyFindings(
  { kills }: FindingPorts,
  denies: readonly RoleDeny[],
): Promise<Result<readonly string[], Unavailable>> {
  const findings: string[] = [];
  for (const [role, rows] of Map.groupBy(denies, (one) => one.role)) {
    const [made, today] = await Promise.all([kills.readSwitch(role), kills.denied(role)]);
    if (!made.ok) return made;
    if (!today.ok) return today;
    const denied = denierOf(made.value.confirmed);
    const lost = rows.filter(({ deny }) => !denied(deny) && !isKept(deny, today.value));
    if (lost.length > 0) findings.push(`${lost.length} grants that it denies on ${role} are not`);
  }
  return ok(findings);
}

/** Whether the broker's own table has the deny, or one that lasts longer. */
function isKept({ grantId, until }: DeniedGrant, today: readonly DeniedGrant[]): boolean {
  return today.some((row) => row.grantId === grantId && row.until >= until);
}
