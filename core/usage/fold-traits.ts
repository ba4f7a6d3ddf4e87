import { addSeconds, type Instant } from '../instant.ts';
import { networkOf } from '../network.ts';
import { CLOCK_MARGIN_SECONDS } from '../session.ts';
import { type CallerTraits, MOST_CALLERS } from '../usage.ts';
import { agentFamily } from './agent-family.ts';
import type { TrailRecord } from './record.ts';
import { type Counted, mostCalls, Tally } from './tally.ts';

const BURST_MS = 300_000;

export type TraitsOf = { readonly targetRole: string | null; readonly end: Instant };

/** Whether a session is one of a chained role, which has permissions of its own. Records of AWS itself may name no role. */
export function isChained(
  role: string | null,
  { targetRole }: Pick<TraitsOf, 'targetRole'>,
): boolean {
  return role !== null && targetRole !== null && role !== targetRole;
}

/** Who called under the keys of one grant, while its records are read. */
export class TraitsFold {
  readonly #of: TraitsOf;
  readonly #networks = new Tally();
  readonly #agents = new Tally();
  readonly #chained = new Tally();
  readonly #afterEnd = { calls: 0, refused: 0, last: Number.NEGATIVE_INFINITY };
  /** Refused calls by their times: CloudTrail's times are whole seconds, so that there are not many of them. */
  readonly #refusedAt = new Map<Instant, number>();

  constructor(of: TraitsOf) {
    this.#of = of;
  }

  add(record: TrailRecord, isRefused: boolean): void {
    const { at, role, sourceIp, userAgent, invokedBy } = record;
    if (invokedBy === null) {
      if (sourceIp !== null && isAddress(sourceIp)) {
        this.#networks.add(networkOf(sourceIp), isRefused);
      }
      const agent = agentFamily(userAgent);
      if (agent !== null) this.#agents.add(agent, isRefused);
    }
    if (role !== null && isChained(role, this.#of)) this.#chained.add(role, isRefused);
    if (at >= addSeconds(this.#of.end, CLOCK_MARGIN_SECONDS)) {
      this.#afterEnd.calls += 1;
      if (isRefused) this.#afterEnd.refused += 1;
      else this.#afterEnd.last = Math.max(this.#afterEnd.last, at);
    } else if (isRefused && at < this.#of.end)
      this.#refusedAt.set(at, (this.#refusedAt.get(at) ?? 0) + 1);
  }

  /** Of a session that has the name of the grant, in a role that the grant does not have. */
  addElsewhere(role: string, isRefused: boolean): void {
    this.#chained.add(role, isRefused);
  }

  traits(): CallerTraits {
    const { calls, refused, last } = this.#afterEnd;
    return {
      networks: top(this.#networks).map(({ text: network, ...rest }) => ({ network, ...rest })),
      agents: top(this.#agents).map(({ text: agent, ...rest }) => ({ agent, ...rest })),
      chained: top(this.#chained).map(({ text: role, ...rest }) => ({ role, ...rest })),
      afterEnd: { calls, refused, last: calls === refused ? null : last },
      refusedBurst: this.#burst(),
    };
  }

  leftOut(): { readonly networks: number; readonly agents: number; readonly chained: number } {
    const beyond = ({ distinct }: Tally) => Math.max(0, distinct - MOST_CALLERS);
    return {
      ...{ networks: beyond(this.#networks), agents: beyond(this.#agents) },
      chained: beyond(this.#chained),
    };
  }

  #burst(): number {
    const times = [...this.#refusedAt].toSorted(([one], [other]) => one - other);
    let [most, within, oldest] = [0, 0, 0];
    for (const [at, count] of times) {
      within += count;
      for (let first = times[oldest]; first !== undefined && first[0] < at - BURST_MS; ) {
        within -= first[1];
        oldest += 1;
        first = times[oldest];
      }
      most = Math.max(most, within);
    }
    return most;
  }
}

function top(tally: Tally): readonly Counted[] {
  return mostCalls(tally.counted(), MOST_CALLERS);
}

/** Calls that come from AWS have the host of a service, or `AWS Internal`. */
function isAddress(sourceIp: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$|^[0-9a-f.]*:[0-9a-f:.]*$/i.test(sourceIp);
}
