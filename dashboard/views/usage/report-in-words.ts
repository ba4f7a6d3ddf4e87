import type { EntitlementUsage } from '../../api/types.ts';
import { counted } from '../../parts/counted.ts';
import { inMoment } from '../../parts/moment.ts';

const DAY_MS = 86_400_000;

type Of = Pick<
  EntitlementUsage,
  'days' | 'from' | 'until' | 'complete' | 'grants' | 'idle' | 'unread'
>;

/** What the answer rests on, and what it lacks, in sentences. */
export function restsOn({ days, from, until, complete, grants, idle, unread }: Of): {
  readonly says: readonly string[];
  readonly lacks: readonly string[];
} {
  const since = inMoment(from);
  const isShort = Date.parse(from) > Date.parse(until) - days * DAY_MS;
  const requested = counted(grants, 'grant was', 'grants were');
  return {
    says: chosen([
      [true, `${grants === 0 ? 'No grants were' : requested} requested since ${since}.`],
      [idle > 0, `The logs show no calls under ${idle.toLocaleString()} of them.`],
    ]),
    lacks: chosen([
      [
        unread > 0,
        `${counted(unread, 'grant goes on or was', 'grants go on or were')} not read yet: what was called there is missing.`,
      ],
      [
        !complete,
        `There are more grants than an answer has room for: these are the latest, requested since ${since}.`,
      ],
      [
        complete && isShort,
        `Logs are read only since ${since}: this is not all of ${counted(days, 'day')}.`,
      ],
    ]),
  };
}

function chosen(of: readonly (readonly [is: boolean, text: string])[]): readonly string[] {
  return of.flatMap(([is, text]) => (is ? [text] : []));
}
