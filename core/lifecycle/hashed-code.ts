import type { MatchCode } from '../grant.ts';
import { shortHash } from '../ids.ts';

const TRIES = 3;

/** The code as the grant has it. It is short, so the hash keeps it from eyes, not from whoever may read the table. */
export function hashedCode(grantId: string, code: string): MatchCode {
  return { hash: shortHash(`${grantId} ${code}`), triesLeft: TRIES };
}
