import type { Grant } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import type { Waiting } from '../../grant/waiting.ts';
import { MatchCode as Digits } from '../../parts/match-code.tsx';

type MatchCodeProps = { readonly grant: Grant; readonly waiting: Waiting };

/** What the requester has to tell the approver. */
export function MatchCode({ grant, waiting }: MatchCodeProps) {
  const { matchCode } = waiting.approvals;
  if (matchCode === undefined) return null;
  return (
    <Panel title="Your match code" tone="strong">
      <Digits of={grant} />
      <p className="grant-quiet">
        {matchCode.triesLeft === 1
          ? 'One try is left: after a wrong code it is denied.'
          : `${matchCode.triesLeft} tries are left.`}
      </p>
    </Panel>
  );
}
