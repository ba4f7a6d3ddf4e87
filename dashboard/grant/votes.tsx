import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Grant } from '../api/types.ts';
import { Countdown, Time } from '../parts/time.tsx';
import { Quote } from './asked.tsx';
import { Panel } from './panel.tsx';
import { approvalsInWords } from './waiting.ts';

type VotesProps = {
  readonly title: string;
  readonly approvals: Grant['approvals'];
  /** Whether people may still vote. */
  readonly open: boolean;
};

/** Who has voted, how many are needed, and until when. */
export function Votes({ title, approvals, open }: VotesProps) {
  const { votes, escalated, lapsesAt } = approvals;
  return (
    <Panel title={title} aside={approvalsInWords(approvals)}>
      {votes.length === 0 ? (
        <p className="grant-quiet">{open ? 'Nobody has voted yet.' : 'Nobody voted.'}</p>
      ) : (
        <ul className="grant-votes">
          {votes.map(({ approver, vote, comment, at }) => (
            <li key={approver.id}>
              <StatusIndicator type={vote === 'approve' ? 'success' : 'error'}>
                {vote === 'approve' ? 'Approved' : 'Denied'}
              </StatusIndicator>{' '}
              by <strong>{approver.name}</strong>, <Time at={at} />
              {comment === null ? null : <Quote text={comment} />}
            </li>
          ))}
        </ul>
      )}
      {open && escalated ? <p>It was escalated: the second tier may vote as well.</p> : null}
      {open && lapsesAt !== null ? (
        <p className="grant-quiet">
          Lapses in <Countdown until={lapsesAt} /> without enough votes.
        </p>
      ) : null}
    </Panel>
  );
}
