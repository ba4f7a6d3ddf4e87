import { contains } from '../session-policy/glob.ts';
import { findAction } from './actions.ts';
import { BESIDE } from './services/beside.ts';
import { words } from './services/service.ts';

const ROWS = BESIDE.map((row) => ({
  ...row,
  called: words(row.called.toLowerCase()),
  other: words(row.other.toLowerCase()),
}));

const TAGS = /^(?:tag|add.*tags|createtags|puttags|createorupdatetags|put(?:bucket|object)tagging)/;
const TAGS_WHY = 'tags on creation need it, and records do not always say that there were any';

/**
 * Whether `other` may have been checked in a call of `called`, so that it was perhaps used although no record names it.
 *
 * @returns why, in words; null where the records would show it
 */
export function checkedBeside(called: string, other: string): string | null {
  const [calling, missing] = [called.toLowerCase(), other.toLowerCase()];
  if (missing === calling) return null;
  const writes = findAction(called)?.reads !== true;
  const own = serviceOf(calling) === serviceOf(missing);
  if (writes && own && TAGS.test(missing.slice(missing.indexOf(':') + 1))) return TAGS_WHY;
  const row = ROWS.find(
    (beside) =>
      (writes || !beside.writes) &&
      beside.other.some(
        (pattern) => contains(pattern, missing) && !(own && pattern.endsWith(':*')),
      ) &&
      beside.called.some((pattern) => contains(pattern, calling)),
  );
  return row?.why ?? null;
}

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}
