import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useNow } from '../../api/clock.ts';
import type { Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Quote } from '../../grant/asked.tsx';
import { Panel } from '../../grant/panel.tsx';
import { useDraft } from '../../grant/use-draft.ts';
import { oneLine } from '../../grant/vote-order.ts';
import { Failed } from '../../parts/failed.tsx';
import { useTell } from '../../parts/notices.tsx';
import { Time } from '../../parts/time.tsx';

type ReviewOf = NonNullable<Grant['review']>;
type ReviewProps = {
  readonly grant: Grant;
  readonly review: ReviewOf;
  /** Whether the person may plausibly close it. */
  readonly open: boolean;
};

/** The review that a break-glass use owes. */
export function Review({ grant, review, open }: ReviewProps) {
  return (
    <Panel
      title="Review of the break-glass use"
      tone={open ? 'strong' : 'plain'}
      aside={<State review={review} />}
    >
      {review.status === 'done' ? (
        <>
          <p>
            By <strong>{review.reviewer?.name ?? 'somebody'}</strong>, <Time at={review.at} />.
          </p>
          {review.comment === null ? null : <Quote text={review.comment} />}
        </>
      ) : (
        <>
          <p>
            Somebody other than {grant.requester.name} has to look at what was done, until{' '}
            <Time at={review.dueAt} />.
          </p>
          {open ? <Form grant={grant} /> : null}
        </>
      )}
    </Panel>
  );
}

function State({ review }: { readonly review: ReviewOf }) {
  const overdue = Date.parse(review.dueAt) <= useNow();
  if (review.status === 'done') return <StatusIndicator type="success">Done</StatusIndicator>;
  return overdue ? (
    <StatusIndicator type="error">Overdue</StatusIndicator>
  ) : (
    <StatusIndicator type="pending">Due</StatusIndicator>
  );
}

function Form({ grant }: { readonly grant: Grant }) {
  const tell = useTell();
  const order = useOrder<Grant>();
  const draft = useDraft(`review ${grant.id}`, '');
  const send = async (): Promise<void> => {
    const comment = oneLine(draft.value);
    const path = `/v1/grants/${encodeURIComponent(grant.id)}/review`;
    if ((await order.send(path, comment === '' ? {} : { comment })) === null) return;
    draft.forget();
    tell('success', 'The review is done.');
  };
  return (
    <div className="grant-vote-form">
      <FormField label="Comment" constraintText="What you looked at, and whether it was justified.">
        <Textarea
          value={draft.value}
          rows={2}
          onChange={({ detail }) => draft.set(detail.value.slice(0, 500))}
        />
      </FormField>
      {order.error === null ? null : <Failed error={order.error} />}
      <div className="grant-buttons">
        <Button variant="primary" loading={order.busy} onClick={() => void send()}>
          Review
        </Button>
      </div>
    </div>
  );
}
