import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNow } from '../api/clock.ts';
import type { Grant, Me } from '../api/types.ts';
import { Failed } from '../parts/failed.tsx';
import { capital } from '../parts/status.tsx';
import { Countdown, inDuration } from '../parts/time.tsx';
import { Dialog } from './dialog.tsx';
import { Panel } from './panel.tsx';
import { useVote } from './use-vote.ts';
import { VoteForm } from './vote-form.tsx';
import type { Choice, VoteRefusal } from './vote-order.ts';
import { voteOf, type Waiting, waitingOf } from './waiting.ts';
import { Withdraw } from './withdraw.tsx';

type VotePanelProps = {
  readonly grant: Grant;
  readonly me: Me;
  readonly title: string;
  readonly risk: string | null;
  readonly onVoted?: () => void;
};

/** The vote on what waits, and what became of it where somebody was faster. Give it the grant's id as its key. */
export function VotePanel({ grant, me, title, risk, onVoted }: VotePanelProps) {
  const vote = useVote(grant, title, onVoted);
  const [confirming, setConfirming] = useState<Waiting | null>(null);
  const { refusal } = vote;
  const waiting = waitingOf(newest(grant, refusal), useNow());
  if (waiting === null && refusal === null) return null;

  const choose = (choice: Choice): void => {
    if (waiting === null || !vote.isWhole(choice, waiting)) return;
    if (choice === 'approve' && risk === 'critical') setConfirming(waiting);
    else void vote.cast(choice, waiting);
  };
  return (
    <Panel
      title="Your vote"
      tone="strong"
      aside={waiting === null ? null : <Lapses of={waiting} />}
    >
      {waiting?.kind === 'extension' ? <ExtensionWarning grant={grant} waiting={waiting} /> : null}
      {refusal === null || refusal.kind === 'code' ? null : <Refused of={refusal} />}
      {waiting === null ? null : (
        <>
          <Withdraw grant={grant} waiting={waiting} voted={voteOf(waiting.approvals, me.id)} />
          <VoteForm
            waiting={waiting}
            typed={vote.typed}
            onType={vote.type}
            codeError={vote.codeError ?? (refusal?.kind === 'code' ? refusal.text : null)}
            busy={vote.busy}
            onVote={choose}
          />
        </>
      )}
      {confirming === null ? null : (
        <Confirm
          what={`${title} for ${grant.requester.name}`}
          onClose={() => setConfirming(null)}
          onConfirm={() => {
            setConfirming(null);
            void vote.cast('approve', confirming);
          }}
        />
      )}
    </Panel>
  );
}

/** A refusal has the grant as it is now, before the view has read it again. */
function newest(grant: Grant, refusal: VoteRefusal | null): Grant {
  const told = refusal?.kind === 'decided' ? refusal.grant : null;
  return told !== null && told.version > grant.version ? told : grant;
}

function Lapses({ of: { approvals } }: { readonly of: Waiting }) {
  if (approvals.lapsesAt === null) return null;
  return (
    <>
      Lapses in <Countdown until={approvals.lapsesAt} />
    </>
  );
}

function ExtensionWarning({
  grant,
  waiting,
}: {
  readonly grant: Grant;
  readonly waiting: Waiting;
}) {
  return (
    <Alert type="warning" header="You vote on an extension">
      {`${grant.requester.name} already has this access, and asks for ${inDuration(waiting.durationSeconds)} from your approval on. If you deny, it ends as it would have.`}
    </Alert>
  );
}

function Refused({ of }: { readonly of: Exclude<VoteRefusal, { readonly kind: 'code' }> }) {
  if (of.kind === 'failed') return <Failed error={of.error} />;
  if (of.kind === 'refused') {
    return (
      <Alert type="error" header="Your vote was not taken">
        <span role="alert">{of.text}</span>
      </Alert>
    );
  }
  const now = of.grant === null ? '' : ` It is ${of.grant.status} now.`;
  return (
    <Alert type="info" header="Already decided">
      <span role="alert">
        {of.text}
        {now}
      </span>
      {of.grant?.endReason == null ? null : (
        <span className="grant-quiet"> {capital(of.grant.endReason)}.</span>
      )}
    </Alert>
  );
}

type ConfirmProps = {
  readonly what: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
};

function Confirm({ what, onClose, onConfirm }: ConfirmProps) {
  return (
    <Dialog
      title="Approve critical access?"
      onClose={onClose}
      actions={
        <>
          <Button variant="link" onClick={onClose}>
            Not yet
          </Button>
          <Button variant="primary" onClick={onConfirm}>
            Approve
          </Button>
        </>
      }
    >
      <p>{what}</p>
      <p>
        Its risk is critical: a mistake here may not be mended. Approve only what a person asked you
        for, and what you have read.
      </p>
    </Dialog>
  );
}
