import Button from '@cloudscape-design/components/button';
import type { Grant } from '../api/types.ts';
import { useOrder } from '../api/use-order.ts';
import { Failed } from '../parts/failed.tsx';
import { useTell } from '../parts/notices.tsx';
import { voteBody } from './vote-order.ts';
import type { Waiting } from './waiting.ts';

type WithdrawProps = {
  readonly grant: Grant;
  readonly waiting: Waiting;
  readonly voted: 'approve' | 'deny' | null;
};

/** The vote that the person has cast already: another one replaces it, or it is withdrawn. */
export function Withdraw({ grant, waiting, voted }: WithdrawProps) {
  const tell = useTell();
  const order = useOrder<Grant>();
  if (voted === null) return null;
  const withdraw = async (): Promise<void> => {
    const body = voteBody('deny', waiting, { comment: '', matchCode: '' });
    const path = `/v1/grants/${encodeURIComponent(grant.id)}/withdraw`;
    if ((await order.send(path, body)) !== null) tell('success', 'Your vote is withdrawn.');
  };
  return (
    <div className="grant-voted">
      <p>
        {`You voted to ${voted}. A new vote replaces it.`}{' '}
        <Button variant="inline-link" loading={order.busy} onClick={() => void withdraw()}>
          Withdraw my vote
        </Button>
      </p>
      {order.error === null ? null : <Failed error={order.error} />}
    </div>
  );
}
