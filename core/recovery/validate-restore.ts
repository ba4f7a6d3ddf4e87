import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result } from '../result.ts';
import {
  denyFindings,
  type FindingPorts,
  itemFindings,
  ledgerFindings,
} from './restore-findings.ts';
import { type RestoredItem, type Survey, surveyor } from './survey.ts';
import { type FoundTable, whyUnusable } from './table-settings.ts';

/**
 * The part of a recovery that changes nothing, on a table that was restored to be tested: could the broker work on it,
 * does it agree with the signed ledger, and does the broker still deny what it says must be denied?
 */

export type ValidationPorts = FindingPorts & {
  readonly table: () => Promise<FoundTable>;
  /** Shows every item once, in any order; false where the time was over before the last one. */
  readonly scan: (visit: (item: RestoredItem) => void) => Promise<boolean>;
  readonly clock: () => Instant;
};

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

/** The console of AWS Backup shows it beside the result. */
const LONGEST_MESSAGE = 1000;

export function messageOf({ findings, counts }: Validation): string {
  const { grant, event, suspension, place } = counts;
  const counted = `${grant} grants, ${event} events, ${suspension} suspensions, ${place} entries of the ledger`;
  const message = findings.length === 0 ? counted : `${findings.join('; ')}. It has ${counted}`;
  return message.slice(0, LONGEST_MESSAGE);
}
