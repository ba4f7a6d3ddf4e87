import { DEPENDENTS } from './dependents.ts';
import { words } from './service.ts';

/** By the action in lower case; `sso:*` for each of a service. */
const NEEDS = new Map<string, readonly string[]>();
for (const { service, needs } of DEPENDENTS) {
  for (const row of needs.trim().split(/\n(?! )/)) {
    const [called = '', others = ''] = row.split(/\s->\s/);
    for (const name of words(called)) NEEDS.set(`${service}:${name}`.toLowerCase(), words(others));
  }
}

const REACHED = new Map<string, readonly string[]>();

/**
 * The actions that a call of one may lead to: those that the reference names for it, those that it names for these, and so
 * on.
 *
 * @param called an action in lower case
 * @returns actions as the reference spells them, without the called one
 */
export function neededBeside(called: string): readonly string[] {
  const known = REACHED.get(called) ?? reachedFrom(called);
  REACHED.set(called, known);
  return known;
}

function reachedFrom(called: string): readonly string[] {
  const reached = new Map([[called, called]]);
  // A map goes on with what is added to it on the way.
  for (const [key] of reached) {
    for (const other of neededBy(key)) {
      if (!reached.has(other.toLowerCase())) reached.set(other.toLowerCase(), other);
    }
  }
  return [...reached.values()].slice(1);
}

function neededBy(called: string): readonly string[] {
  const all = `${called.slice(0, called.indexOf(':'))}:*`;
  return [...(NEEDS.get(called) ?? []), ...(NEEDS.get(all) ?? [])];
}
