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

const TAGS = /^(?:tag|add.*tags|createtags|puttags|createorupdatetags|put(?:bucket|object)tagging)/;
const TAGS_WHY = 'tags on creation need it, and records do not always say that there were any';

/** What a call of one action may be checked against as well, each with why. Actions and services are in lower case. */
type Besides = {
  readonly named: Map<string, string>;
  /** Patterns, and the service of which they say nothing. */
  readonly patterns: Map<string, { readonly why: string; readonly except: string | null }>;
  /** Services that make something, which can have tags. */
  readonly makers: Set<string>;
};

/** A used action is asked for with each that was not seen. */
const OF_CALLED = new Map<string, Besides>();

/**
 * Whether `other` may have been checked in a call of `called`, so that it was perhaps used although no record names it:
 * by the call itself, or by one that it led to.
 *
 * @param called an action that `actionsOf` gave
 * @returns why, in words; null where the records would show it
 */
export function checkedBeside(called: string, other: string): string | null {
  const [calling, missing] = [called.toLowerCase(), other.toLowerCase()];
  const besides = OF_CALLED.get(calling) ?? besidesOf(calling);
  if (missing === calling || besides === null) return null;
  const service = serviceOf(missing);
  const named = besides.named.get(missing);
  if (named !== undefined) return named;
  if (besides.makers.has(service) && TAGS.test(missing.slice(service.length + 1))) return TAGS_WHY;
  for (const [pattern, { why, except }] of besides.patterns) {
    if (service !== except && matches(pattern, missing)) return why;
  }
  return null;
}

/** Null for what is no action: a log can hold any number of these, and none is kept. */
function besidesOf(calling: string): Besides | null {
  if (findAction(calling) === null) return null;
  const besides: Besides = { named: new Map(), patterns: new Map(), makers: new Set() };
  const further = neededBeside(calling).map((action) => action.toLowerCase());
  for (const one of [calling, ...further]) addRows(one, besides);
  for (const one of further) besides.named.set(one, `calls of ${calling} may need it as well`);
  OF_CALLED.set(calling, besides);
  return besides;
}

function addRows(calling: string, { named, patterns, makers }: Besides): void {
  const writes = findAction(calling)?.reads === false;
  const service = serviceOf(calling);
  if (writes) makers.add(service);
  for (const { called, writes: onlyWrites, other, why } of ROWS) {
    if ((onlyWrites && !writes) || !called.some((pattern) => contains(pattern, calling))) continue;
    for (const pattern of other) {
      if (!/[*?]/.test(pattern)) {
        named.set(pattern, why);
        continue;
      }
      // A whole service stands for calls of another service alone; whoever names it twice names all of it.
      const except = pattern.endsWith(':*') ? service : null;
      const known = patterns.get(pattern);
      const same = known === undefined || known.except === except;
      patterns.set(pattern, { why, except: same ? except : null });
    }
  }
}

/** Most patterns are the beginning of a name, or match everything. */
function matches(pattern: string, action: string): boolean {
  if (pattern === '*:*') return true;
  const fixed = pattern.slice(0, -1);
  const isBeginning = pattern.endsWith('*') && !/[*?]/.test(fixed);
  return isBeginning ? action.startsWith(fixed) : contains(pattern, action);
}

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}
