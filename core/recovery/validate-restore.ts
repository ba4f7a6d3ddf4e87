import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import { type DeniedGrant, denierOf } from '../kill/deny-policy.ts';
import type { KillStore } from '../kill/ports.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { ReadLogFile } from '../ledger/from-tiles.ts';
import { rootOf } from '../ledger/merkle.ts';
import { verifyGrowth } from '../ledger/verify-growth.ts';
import { err, ok, type Result } from '../result.ts';
import { type RestoredItem, type RoleDeny, type Survey, surveyor } from './survey.ts';
import { type FoundTable, whyUnusable } from './table-settings.ts';

/**
 * The part of a recovery that changes nothing, on a table that was restored to be tested: could the broker work on it,
 * does it agree with the signed ledger, and does the broker still deny what it says must be denied?
 */

export type ValidationPorts = {
  readonly table: () => Promise<FoundTable>;
  /** Shows every item once, in any order; false where the time was over before the last one. */
  readonly scan: (visit: (item: RestoredItem) => void) => Promise<boolean>;
  /** The newest checkpoint of the ledger, verified; null where there is none. */
  readonly checkpoint: () => Promise<Result<Checkpoint | null, Unavailable | NotSigned>>;
  readonly readFile: ReadLogFile;
  /** What the broker denies today. */
  readonly kills: Pick<KillStore, 'denied' | 'readSwitch'>;
  readonly clock: () => Instant;
};

export type NotSigned = { readonly code: 'not-signed' };

export type Validation = {
  /** What is wrong with the backup, in words; nothing where it is good. */
  readonly findings: readonly string[];
  readonly counts: Survey['counts'];
};

/** @returns unavailable where AWS did not answer: that says nothing of the backup, and can be tried again. */
export async function validateRestore(
  ports: ValidationPorts,
): Promise<Result<Validation, Unavailable>> {
  const { add, survey } = surveyor(ports.clock());
  const unusable = whyUnusable(await ports.table());
  const whole = await ports.scan(add);
  const found = survey();
  const [ledger, denies] = await Promise.all([
    ledgerFindings(ports, found),
    denyFindings(ports, found.denies),
  ]);
  if (!ledger.ok) return ledger;
  if (!denies.ok) return denies;
  const items = whole ? itemFindings(found) : ['it was not read to its end: the time was over'];
  const findings = [...unusable, ...items, ...ledger.value, ...denies.value];
  return ok({ findings, counts: found.counts });
}

/** Items of one second may be missing: a backup is no transaction. */
const SKEW = 1000;

function itemFindings({ counts, tree, faults }: Survey): readonly string[] {
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
async function ledgerFindings(
  { checkpoint, readFile }: ValidationPorts,
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
async function denyFindings(
  { kills }: ValidationPorts,
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

/** The console of AWS Backup shows it beside the result. */
const LONGEST_MESSAGE = 1000;

export function messageOf({ findings, counts }: Validation): string {
  const { grant, event, suspension, place } = counts;
  const counted = `${grant} grants, ${event} events, ${suspension} suspensions, ${place} entries of the ledger`;
  const message = findings.length === 0 ? counted : `${findings.join('; ')}. It has ${counted}`;
  return message.slice(0, LONGEST_MESSAGE);
}
