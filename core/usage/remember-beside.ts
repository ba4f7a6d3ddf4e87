import type { Meaning } from './meaning.ts';

type CheckedBeside = Meaning['checkedBeside'];

/** Some megabytes at most: what a few wide entitlements need. */
const MOST_PAIRS = 300_000;

/** The same answers, each found once: a judgement asks for every granted action with every one that was called. */
export function rememberBeside(ask: CheckedBeside, most = MOST_PAIRS): CheckedBeside {
  const known = new Map<string, Map<string, string | null>>();
  let pairs = 0;
  return (called, other) => {
    const found = known.get(called)?.get(other);
    if (found !== undefined) return found;
    if (pairs >= most) {
      known.clear();
      pairs = 0;
    }
    const why = ask(called, other);
    const of = known.get(called) ?? new Map<string, string | null>();
    known.set(called, of.set(other, why));
    pairs += 1;
    return why;
  };
}
