import { contains } from '../session-policy/glob.ts';
import { findAction } from './actions.ts';
import { BESIDE } from './services/beside.ts';
import { neededBeside } from './services/needed-beside.ts';
import { words } from './services/service.ts';

const ROWS = BESIDE.map((row) => ({
  ...row,
  called: words(row.called.toLowerCase()),
  other: words(row.other.toLowerCase()),
}));

const OF_CALLED = new Map<string, typeof ROWS>();

const TAGS = /^(?:tag|add.*tags|createtags|puttags|createorupdatetags|put(?:bucket|object)tagging)/;
const TAGS_WHY = 'tags on creation need it, and records do not always say that there were any';

/**
 * Whether `other` may have been checked in a call of `called`, so that it was perhaps used although no record names it:
 * by the call itself, or by one that it led to.
 *
 * @param called an action that `actionsOf` gave
 * @returns why, in words; null where the records would show it
 */
export function checkedBeside(called: string, other: string): string | null {
  const [calling, missing] = [called.toLowerCase(), other.toLowerCase()];
  if (missing === calling || findAction(called) === null) return null;
  const own = checkedIn(calling, missing);
  if (own !== null) return own;
  const further = neededBeside(calling).map((one) => one.toLowerCase());
  if (further.includes(missing)) return `calls of ${called} may need it as well`;
  return further.map((one) => checkedIn(one, missing)).find((why) => why !== null) ?? null;
}

function checkedIn(calling: string, missing: string): string | null {
  const writes = findAction(calling)?.reads === false;
  const own = serviceOf(calling) === serviceOf(missing);
  if (writes && own && TAGS.test(missing.slice(missing.indexOf(':') + 1))) return TAGS_WHY;
  const row = rowsOf(calling, writes).find(({ other: patterns }) =>
    patterns.some((pattern) => contains(pattern, missing) && !(own && pattern.endsWith(':*'))),
  );
  return row?.why ?? null;
}

/** A used action is asked for with each that was not seen. */
function rowsOf(calling: string, writes: boolean): typeof ROWS {
  const found =
    OF_CALLED.get(calling) ??
    ROWS.filter(
      (row) => (writes || !row.writes) && row.called.some((pattern) => contains(pattern, calling)),
    );
  OF_CALLED.set(calling, found);
  return found;
}

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}
