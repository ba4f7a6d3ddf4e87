import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Failed } from '../../parts/failed.tsx';
import { MatchCode } from '../../parts/match-code.tsx';
import { useTell } from '../../parts/notices.tsx';
import { Status } from '../../parts/status.tsx';
import { Countdown, Time } from '../../parts/time.tsx';
import { linkToGrant } from '../../place.ts';
import { pageUrl } from '../../sign-in/provider.ts';
import { approvedOf } from './active-card.tsx';
import { Card } from './card.tsx';
import { Facts } from './facts.tsx';

type WaitingCardProps = { readonly grant: Grant; readonly title: string };

/** A request that waits for approval, or for its start. */
export function WaitingCard({ grant, title }: WaitingCardProps) {
  const order = useOrder<Grant>();
  const tell = useTell();
  const cancel = async (): Promise<void> => {
    const ended = await order.send(`/v1/grants/${encodeURIComponent(grant.id)}/cancel`, {});
    if (ended !== null) tell('success', `Cancelled: ${title}.`);
  };
  const pending = grant.status === 'pending';
  return (
    <Card
      title={title}
      aside={
        pending || grant.startsAt === null ? (
          <Status of={grant.status} />
        ) : (
          <>
            <span className="mine-left">
              <Countdown until={grant.startsAt} />
            </span>
            <span className="mine-until">
              until it starts at <Time at={grant.startsAt} />
            </span>
          </>
        )
      }
      actions={
        <>
          <Button loading={order.busy} loadingText="Cancelling" onClick={() => void cancel()}>
            Cancel request
          </Button>
          {pending ? (
            <CopyToClipboard
              copyButtonText="Copy link for an approver"
              copySuccessText="Copied"
              copyErrorText="This browser does not let the page copy."
              textToCopy={`${pageUrl()}${linkToGrant(grant.id)}`}
            />
          ) : null}
        </>
      }
    >
      {pending ? <Votes grant={grant} /> : null}
      <MatchCode of={grant} />
      {pending && grant.startsAt !== null ? (
        <p>
          Asked to start at <Time at={grant.startsAt} />.
        </p>
      ) : null}
      <Facts grant={grant} />
      {order.error === null ? null : <Failed error={order.error} retry={() => void cancel()} />}
    </Card>
  );
}

function Votes({ grant: { approvals } }: { readonly grant: Grant }) {
  return (
    <p>
      <strong>{approvedOf(approvals)}.</strong> Whoever policy lets approve this was told, and finds
      it under Approve. {approvals.escalated ? 'It was escalated to the second tier. ' : ''}
      {approvals.lapsesAt === null ? null : (
        <>
          It lapses at <Time at={approvals.lapsesAt} />.
        </>
      )}
    </p>
  );
}
