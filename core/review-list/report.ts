import type { PolicyLine, ReviewItem } from '../access-review.ts';
import { type Cell, csvRecord } from '../evidence/csv.ts';

/** The report of a review as a table for spreadsheets. People fill in its last two columns. */

export const REPORT_COLUMNS = [
  ...(['item', 'entitlement', 'principal', 'name', 'type', 'could', 'used'] as const),
  ...(['grants', 'vends', 'lastUse', 'lineToChange'] as const),
  ...(['grantsRead', 'calls', 'actionsUsed', 'actionsGranted', 'actionsUnknown'] as const),
  ...(['decision', 'reason'] as const),
] as const;

type Row = Readonly<Record<(typeof REPORT_COLUMNS)[number], Cell>>;

export type ReportedItem = {
  readonly item: ReviewItem;
  readonly decided: { readonly decision: string; readonly reason: string } | null;
};

export function reportText(items: readonly ReportedItem[]): string {
  const rows = items.map((one) => {
    const cells = rowOf(one);
    return csvRecord(REPORT_COLUMNS.map((column) => cells[column]));
  });
  return [csvRecord(REPORT_COLUMNS), ...rows].join('');
}

function rowOf({ item, decided }: ReportedItem): Row {
  const { item: number, entitlement, principal, could, grants, vends, lastUse, usage } = item;
  return {
    item: number,
    entitlement,
    principal: principal?.id ?? null,
    name: principal?.name ?? unnamed(item),
    type: principal?.type ?? 'Policy',
    could: could ? 'yes' : 'no',
    // Of those whom a policy lets in, whoever used it has a row of their own.
    used: principal === null ? null : isUsed(item) ? 'yes' : 'no',
    grants: principal === null ? null : grants,
    vends: principal === null ? null : vends,
    lastUse,
    lineToChange: linesToChange(item),
    // Empty, and not 0, where nothing was read.
    grantsRead: usage?.grants ?? null,
    calls: usage?.calls ?? null,
    actionsUsed: usage?.used ?? null,
    actionsGranted: usage?.granted ?? null,
    actionsUnknown: usage?.unknown ?? null,
    decision: decided?.decision ?? null,
    reason: decided?.reason ?? null,
  };
}

export function isUsed({ grants, vends }: ReviewItem): boolean {
  return grants > 0 || vends > 0;
}

/** @returns null where nothing was read: then nobody knows what was used. */
export function usageText({ usage, grants }: ReviewItem): string | null {
  if (usage === undefined) return null;
  const { grants: read, calls, used, granted, unknown } = usage;
  const blind = unknown === 0 ? '' : `, ${unknown} unknown`;
  const extent = `grants read: ${read} of ${grants}; calls: ${calls}`;
  return `at most ${used} of ${granted} actions used in one grant${blind} (${extent})`;
}

/** Whom an item without a principal is about. */
export function unnamed({ members }: ReviewItem): string {
  return `${members}, whom the broker does not know by name`;
}

export function linesToChange({ lines }: ReviewItem): string {
  return lines.length > 0 ? lines.map(lineText).join('; ') : 'none: policy permits it no more';
}

function lineText({ policy, place }: PolicyLine): string {
  return place === null ? `policy ${policy}` : `policy ${policy} (${place})`;
}
