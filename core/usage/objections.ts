import { findEntitlement } from '../bundle/bundle.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import type { LocatedCase } from '../policy/cases-file.ts';
import { compareStatements } from '../policy/compare-statements.ts';
import { type Change, diffBundles } from '../policy/diff.ts';
import { textOf } from '../policy/diff-sentences.ts';
import { type Replayed, replay } from '../policy/replay.ts';
import type { Bench } from '../policy/run-cases.ts';
import { brokenCalls, type RecordedCall, recordedCalls } from './allows-call.ts';
import type { UsedGrant } from './evidence.ts';

/** A bundle as it is, and with a proposal in it. */
export type Side = { readonly bench: Bench; readonly cases: readonly LocatedCase[] };

export type Checked = {
  /** What changes, in words. */
  readonly changes: readonly Change[];
  readonly cases: number;
  readonly calls: number;
  /** Recorded requests that were decided again. */
  readonly decisions: number;
  /** Why the proposal must not be shown; none is what it takes. */
  readonly objections: readonly string[];
};

/**
 * Everything that is known and could speak against a proposal: the difference of the bundles, the cases, recorded
 * requests that would have another outcome, and recorded calls that would be refused.
 *
 * @param decisions As `policy replay` takes them: JSON lines.
 */
export function checkProposal(
  id: string,
  before: Side,
  after: Side,
  grants: readonly UsedGrant[],
  decisions: string,
): Checked {
  const [old, now] = [
    findEntitlement(before.bench.bundle, id),
    findEntitlement(after.bench.bundle, id),
  ];
  if (old === null || now === null) throw new Error(`the entitlement ${id} is in both bundles`);
  const diff = diffBundles(before, after);
  const replayed = replayBoth(before.bench, after.bench, decisions);
  const broken = brokenCalls(old, now, grants, after.bench.deployment);
  return {
    changes: diff.changes,
    cases: diff.casesAsked,
    calls: grants.reduce((sum, grant) => sum + recordedCalls(grant).length, 0),
    decisions: replayed.count,
    objections: [
      ...gains(old, now.statements),
      ...otherChanges(id, diff.changes),
      ...diff.cases.map(
        ({ name, from, to }) =>
          `the case "${name}" had the outcome ${from.outcome}, and would have ${to.outcome}`,
      ),
      ...replayed.objections,
      ...broken.map(callText),
    ],
  };
}

function gains(
  { statements, samples }: Entitlement & { readonly samples: Readonly<Record<string, string>> },
  now: readonly Statement[],
): readonly string[] {
  const { gained } = compareStatements(statements, now, samples);
  return gained.map(
    ({ atom }) => `it would allow or deny more: ${textOf(atom.action)} on ${textOf(atom.resource)}`,
  );
}

function otherChanges(id: string, changes: readonly Change[]): readonly string[] {
  return changes
    .filter((one) => !(one.kind === 'entitlement' && one.id === id && one.change === 'changed'))
    .map((one) => `${one.kind} ${one.id} would be ${one.change}`);
}

/** By both bundles, so that what another bundle decided then is no objection to this one. */
function replayBoth(
  before: Bench,
  after: Bench,
  decisions: string,
): { readonly count: number; readonly objections: readonly string[] } {
  const [old, now] = [replay(before, decisions), replay(after, decisions)];
  const changed = now.replayed.filter(
    (one, index) => outcomeOf(one) !== outcomeOf(old.replayed[index]),
  );
  return {
    count: now.replayed.length,
    objections: [
      ...now.malformed.map(({ line, message }) => `line ${line} of the decisions ${message}`),
      ...changed.map(
        ({ past, now: answer }) =>
          `the request ${past.grantId} of ${past.principal.name} would be ${answer.outcome === 'refused' ? `refused: ${answer.why}` : `decided otherwise: ${answer.outcome}`}`,
      ),
    ],
  };
}

/** Refused and denied both give nothing. */
function outcomeOf(replayed: Replayed | undefined): string {
  const outcome = replayed?.now.outcome ?? 'refused';
  return outcome === 'refused' ? 'deny' : outcome;
}

function callText({ grantId, action, resource }: RecordedCall): string {
  return `the call ${action}${resource === null ? '' : ` on ${resource}`} of ${grantId} would be refused`;
}
