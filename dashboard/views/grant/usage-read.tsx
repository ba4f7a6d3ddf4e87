import type { GrantUsage } from '../../api/types.ts';
import { Time } from '../../parts/time.tsx';
import { Blind } from '../../usage/blind.tsx';
import { callsInWords, usedInWords } from '../../usage/in-words.ts';
import { WantedCalls } from '../../usage/wanted.tsx';
import { UsageActions } from './usage-actions.tsx';
import { AfterEnd, Unreadable } from './usage-alerts.tsx';
import { UsageCallers } from './usage-callers.tsx';

/** What the logs say: first what they cannot say, then what was used, then who called. */
export function UsageRead({ usage }: { readonly usage: GrantUsage }) {
  const { blind, actions, wanted, calls } = usage;
  return (
    <div className="usage">
      <Blind parts={blind} />
      {calls === null ? null : <Unreadable count={calls.read.unreadable} />}
      {calls === null ? null : <AfterEnd of={calls.afterEnd} />}
      <Summary usage={usage} />
      {actions.length === 0 ? null : <UsageActions actions={actions} />}
      {wanted.length === 0 ? null : (
        <>
          <h3>Called and refused, and not granted</h3>
          <WantedCalls wanted={wanted} />
        </>
      )}
      {calls === null ? null : <UsageCallers calls={calls} readAt={usage.readAt} />}
    </div>
  );
}

function Summary({ usage: { summary, changed, calls } }: { readonly usage: GrantUsage }) {
  return (
    <>
      {summary === null ? (
        <p>The entitlement is no longer in policy: what of it was unused cannot be said.</p>
      ) : (
        <p className="usage-summary">{usedInWords(summary)}</p>
      )}
      {changed && summary !== null ? (
        <p>
          The entitlement has changed since this grant: the answers are about what it grants now.
        </p>
      ) : null}
      {calls === null ? null : calls.total === 0 ? (
        <p>The logs show no calls.</p>
      ) : (
        <p className="grant-quiet">
          In all {callsInWords({ calls: calls.total, refused: calls.refused })}, from{' '}
          <Time at={calls.first} /> until <Time at={calls.last} />.
        </p>
      )}
    </>
  );
}
