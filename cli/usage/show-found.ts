import { formatInstant } from '../../core/instant.ts';
import { leftOutInWords } from '../../core/usage/left-out.ts';
import type { GrantUsage, Judged } from '../../core/usage.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { showActions, showBlind, showWanted } from './show-judged.ts';

export type FoundUsage = {
  /** Null where the entitlement is no longer in policy. */
  readonly judged: Judged | null;
  readonly usage: GrantUsage;
  /** Whether the entitlement grants something else than it did to the grant; null where nobody knows. */
  readonly changed: boolean | null;
};

/** What was called under a grant: first what the logs do not show. */
export function showFound({ judged, usage, changed }: FoundUsage, out: Terminal): void {
  if (judged !== null) showBlind(judged.blind, out);
  showRead(usage, out);
  if (judged === null) {
    out.print('The entitlement is no longer in policy: what of it was unused cannot be said.');
    showCalled(usage, out);
  } else {
    if (changed === true) out.print(CHANGED);
    showActions(judged, out, false);
  }
  showUnmapped(usage, out);
  if (usage.leftOut !== undefined) {
    out.print(`Not in this report, which has room for no more: ${leftOutInWords(usage.leftOut)}.`);
  }
  if (judged !== null) showWanted(judged, out);
}

const CHANGED =
  'The entitlement has changed since this grant: the answers are about what it grants now.';

function showRead({ calls, refused, first, last, read }: GrantUsage, out: Terminal): void {
  const when =
    first === null || last === null ? '' : `, ${formatInstant(first)} to ${formatInstant(last)}`;
  const broken = read.unreadable === 0 ? '' : `, ${read.unreadable} unreadable`;
  out.print(
    out.paint(
      'dim',
      `${count(calls, 'call')}${refused === 0 ? '' : `, ${refused} refused`}${when}; ${count(read.records, 'record')} in ${count(read.files, 'file')} read${broken}`,
    ),
  );
}

/** What was called, where nothing says what was granted. */
function showCalled({ actions }: GrantUsage, out: Terminal): void {
  const width = Math.max(...actions.map(({ action }) => action.length));
  for (const { action, calls, refused } of actions) {
    const rest = refused === 0 ? '' : `, ${refused} refused`;
    out.print(plain(`  ${action.padEnd(width)}  ${count(calls, 'call')}${rest}`));
  }
}

function showUnmapped({ unmapped }: GrantUsage, out: Terminal): void {
  if (unmapped.length === 0) return;
  out.print('Calls whose action is not known; nothing of their services counts as unused:');
  for (const { source, name, calls } of unmapped) {
    out.print(plain(`  ${source} ${name}: ${count(calls, 'call')}`));
  }
}
