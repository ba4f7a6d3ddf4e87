import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { isKeptIn } from './keep-denied.ts';
import type { KillPorts } from './ports.ts';
import { isOutOfReach, type NotConverged, sameJson } from './up-to-date.ts';

/** IAM's reads lag behind its writes, usually by seconds; after this long, something is wrong. */
const READ_BACK_SECONDS = 12;
/** IAM throttles a call now and then. Where it throttles so many in a row, it does not work. */
const FAULTY_THROTTLING = 8;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;

/**
 * Reads a role's policy until it says what was written to it, but not for longer than reads can lag; a read
 * that fails is tried again for as long, and one that is throttled more often.
 *
 * @param grown Whether it may deny more besides.
 * @returns whether the policy says it.
 */
export async function readBack(
  ports: Pick<KillPorts, 'policies' | 'clock' | 'pause' | 'jitter'>,
  role: string,
  {
    document,
    wroteAt,
    grown = false,
  }: { readonly document: string | null; readonly wroteAt: Instant; readonly grown?: boolean },
): Promise<Result<boolean, NotConverged>> {
  const giveUp = addSeconds(ports.clock(), READ_BACK_SECONDS);
  let throttled = 0;
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
    const found = await ports.policies.read(role);
    const now = ports.clock();
    throttled = !found.ok && found.error.code === 'throttled' ? throttled + 1 : 0;
    const seldom = throttled > 0 && throttled < FAULTY_THROTTLING;
    if (found.ok) {
      const more = grown && isKeptIn(found.value, document);
      const same = more || sameJson(found.value, document);
      if (same || now >= addSeconds(wroteAt, READ_BACK_SECONDS)) return ok(same);
    } else if (isFinal(found.error.code) || (now >= giveUp && !seldom)) {
      const { code, reason } = found.error;
      return err({ code: isOutOfReach(found.error) ? code : 'unconfirmed', reason });
    }
    await ports.pause(wait * (0.5 + ports.jitter()));
  }
}

/** IAM answered, and would answer the same again. */
function isFinal(code: NotConverged['code']): boolean {
  return code !== 'throttled' && code !== 'unavailable';
}
