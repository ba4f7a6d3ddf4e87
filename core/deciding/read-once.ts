import { type Bundle, findEntitlement } from '../bundle/bundle.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore, SignalQuery } from '../ports.ts';
import { MOST_PAST_ROWS, type SignalPast } from '../request-signals.ts';
import type { AuthorityPorts } from './authority.ts';

/** What the signals of several grants of one requester are made of. */
type Span = SignalQuery & { readonly from: Instant };

/**
 * The ports for one page of grants, of which each is asked the same: what depends on the voter alone is read once, and the
 * past of a requester once for all of theirs. All are asked about the same moment.
 */
export function readingOnce<Ports extends AuthorityPorts>(
  ports: Ports,
  grants: readonly Grant[],
): Ports {
  const { bundle, store } = ports;
  const now = ports.clock();
  const spans = spansOf(bundle, grants);
  const pasts = kept((principal: string) => {
    const span = spans.get(principal);
    return span === undefined ? null : store.signalPast(principal, span);
  });
  const votesOf = kept((principal: string) => store.votesOf(principal, now));
  const signalPast: GrantStore['signalPast'] = async (principal, query) => {
    const span = spans.get(principal);
    const past = span !== undefined && covers(span, query) ? await pasts(principal) : null;
    if (past === null || (past.ok && !isWhole(past.value)))
      return store.signalPast(principal, query);
    return past;
  };
  return {
    ...ports,
    clock: () => now,
    store: {
      ...store,
      signalPast,
      votesOf: (principal, before) =>
        before === now ? votesOf(principal) : store.votesOf(principal, before),
    },
  };
}

/** By requester, and only where signals are read that were not recorded with the request. */
function spansOf(bundle: Bundle, grants: readonly Grant[]): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  for (const { requester, entitlement, createdAt, requestedWith, extension } of grants) {
    if (findEntitlement(bundle, entitlement)?.readsSignals !== true) continue;
    const times = [
      ...(requestedWith.signals === undefined ? [createdAt] : []),
      ...(extension !== null && extension.inputs.facts.signals === undefined
        ? [extension.requestedAt]
        : []),
    ];
    if (times.length === 0) continue;
    const known = spans.get(requester.id);
    spans.set(requester.id, {
      entitlements: [...new Set([...(known?.entitlements ?? []), entitlement])],
      from: Math.min(...times, known?.from ?? Number.POSITIVE_INFINITY),
      before: Math.max(...times, known?.before ?? Number.NEGATIVE_INFINITY),
    });
  }
  return spans;
}

function covers(span: Span, { entitlements, before }: SignalQuery): boolean {
  const all = entitlements.every((id) => span.entitlements.includes(id));
  return all && before >= span.from && before <= span.before;
}

/** A list that is cut off has the latest rows, and may lack those that matter to an older request. */
function isWhole({ denied, lapsed, cancelled, begun }: SignalPast): boolean {
  return [denied, lapsed, cancelled, ...Object.values(begun)].every(
    ({ length }) => length < MOST_PAST_ROWS,
  );
}

/** The same function, which asks once for each key. */
function kept<T>(ask: (key: string) => T): (key: string) => T {
  const answers = new Map<string, T>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(key);
    answers.set(key, answer);
    return answer;
  };
}
