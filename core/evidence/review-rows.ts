import { actorId, type LedgerLine, type PrincipalLine } from './ledger-line.ts';
import { list, type Row, row } from './tables.ts';

/** The access reviews of a period, folded from their events: one row for each decision. */

type Started = Extract<PrincipalLine, { readonly type: 'access-review-started' }>;
type Decided = Extract<PrincipalLine, { readonly type: 'access-review-decided' }>;
type Signed = Extract<PrincipalLine, { readonly type: 'access-review-signed' }>;
type Step = Started | Decided | Signed;

type Review = { readonly steps: { line: Step; entry: number }[]; within: boolean };

export type ReviewRows = {
  /** @param within Whether the event is of the period. A review with one such event is in it, from its start on. */
  readonly add: (line: LedgerLine, entry: number, within: boolean) => void;
  readonly rows: () => readonly Row[];
};

export function reviewRows(): ReviewRows {
  const all = new Map<string, Review>();
  return {
    add: (line, entry, within) => {
      if (!isStep(line)) return;
      const review = all.get(line.reviewId) ?? { steps: [], within: false };
      all.set(line.reviewId, review);
      review.steps.push({ line, entry });
      review.within ||= within;
    },
    rows: () =>
      Array.from(all).flatMap(([id, review]) => (review.within ? rowsOf(id, review) : [])),
  };
}

function isStep(line: LedgerLine): line is Step {
  return line.type.startsWith('access-review-');
}

function rowsOf(review: string, { steps }: Review): readonly Row[] {
  // Its own numbers are the order of a review, whatever the order of its entries.
  const inOrder = steps.toSorted((a, b) => a.line.step - b.line.step);
  const lines = inOrder.map(({ line }) => line);
  const started = lines.find((line) => line.type === 'access-review-started');
  const signed = lines.find((line) => line.type === 'access-review-signed');
  const decisions = inOrder.flatMap(({ line, entry }) =>
    line.type === 'access-review-decided'
      ? line.decisions.map((decision) => ({ ...decision, line, entry }))
      : [],
  );
  const { from = null, to = null, items = null } = started ?? {};
  const whole = {
    ...{ review, from, to, items },
    undecided: items === null ? null : items - new Set(decisions.map(({ item }) => item)).size,
    startedBy: started === undefined ? null : actorId(started.actor),
    startedAt: started?.at ?? null,
    signedBy: signed === undefined ? null : actorId(signed.actor),
    signedAt: signed?.at ?? null,
    comment: signed?.reason ?? null,
  };
  const rows = decisions.map(
    ({ item, entitlement, principal, policies, line, entry, ...said }, at) =>
      row('access-reviews', {
        ...whole,
        ...{ item, entitlement, principal, policies: list(policies) },
        ...{ decision: said.decision, reason: said.reason, by: actorId(line.actor), at: line.at },
        replaced: decisions.slice(at + 1).some((later) => later.item === item) ? 'yes' : 'no',
        entry,
      }),
  );
  return rows.length > 0 ? rows : [row('access-reviews', { ...whole, ...NO_DECISION })];
}

const NO_DECISION = {
  ...{ item: null, entitlement: null, principal: null, policies: null, decision: null },
  ...{ reason: null, by: null, at: null, replaced: null, entry: null },
};
