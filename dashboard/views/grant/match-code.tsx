import { matchCodeOf } from '../../api/match-codes.ts';
import type { Grant } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import type { Waiting } from '../../grant/waiting.ts';

type MatchCodeProps = { readonly grant: Grant; readonly waiting: Waiting };

/** What the requester has to tell the approver. */
export function MatchCode({ grant, waiting }: MatchCodeProps) {
  const { matchCode } = waiting.approvals;
  if (matchCode === undefined) return null;
  const code = matchCodeOf(grant.id);
  return (
    <Panel title="Your match code" tone="strong">
      {code === null ? (
        <p>
          It was shown once, when you asked, and is not kept. If you no longer have it, cancel the
          request and ask again.
        </p>
      ) : (
        <>
          <p className="grant-view-code">{code}</p>
          <p>Tell it to whoever approves, by voice or in a chat that they know is yours.</p>
        </>
      )}
      <p className="grant-quiet">
        {matchCode.triesLeft === 1
          ? 'One try is left: after a wrong code it is denied.'
          : `${matchCode.triesLeft} tries are left.`}
      </p>
    </Panel>
  );
}
