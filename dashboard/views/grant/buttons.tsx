import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { ExtendDialog } from '../../grant/extend-dialog.tsx';
import { Failed } from '../../parts/failed.tsx';
import { useTell } from '../../parts/notices.tsx';
import type { Action } from './actions.ts';
import { NotMeDialog } from './not-me-dialog.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

type ButtonsProps = {
  readonly grant: Grant;
  readonly actions: readonly Action[];
  readonly onSuspended: () => void;
};

type Open = 'extend' | 'revoke' | 'not-me' | null;

/** What can be done with the grant, and why it could not. */
export function Buttons({ grant, actions, onSuspended }: ButtonsProps) {
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const has = (action: Action): boolean => actions.includes(action);
  return (
    <>
      {has('extend') ? <Button onClick={() => setOpen('extend')}>Extend</Button> : null}
      {has('release') ? <EndButton grant={grant} call="revoke" label="I'm done" /> : null}
      {has('cancel') ? <EndButton grant={grant} call="cancel" label="Cancel request" /> : null}
      {has('revoke') ? <Button onClick={() => setOpen('revoke')}>Revoke</Button> : null}
      {has('not-me') ? (
        <Button variant="link" onClick={() => setOpen('not-me')}>
          This wasn't me
        </Button>
      ) : null}
      {open === 'extend' ? <ExtendDialog grant={grant} onClose={close} /> : null}
      {open === 'revoke' ? <RevokeDialog grant={grant} onClose={close} /> : null}
      {open === 'not-me' ? <NotMeDialog onClose={close} onSuspended={onSuspended} /> : null}
    </>
  );
}

type EndButtonProps = {
  readonly grant: Grant;
  readonly call: 'revoke' | 'cancel';
  readonly label: string;
};

/** The requester ends what is theirs, without being asked twice. */
function EndButton({ grant, call, label }: EndButtonProps) {
  const tell = useTell();
  const order = useOrder<Grant>();
  const end = async (): Promise<void> => {
    const after = await order.send(`/v1/grants/${encodeURIComponent(grant.id)}/${call}`, {});
    if (after === null) return;
    const dying = 'Thank you. The broker denies its keys now; they are dead once it says revoked.';
    const done = call === 'cancel' ? 'The request is cancelled.' : 'Thank you. The grant is over.';
    tell('success', after.status === 'revoking' ? dying : done);
  };
  return (
    <>
      <Button
        variant={call === 'revoke' ? 'primary' : 'normal'}
        loading={order.busy}
        onClick={() => void end()}
      >
        {label}
      </Button>
      {order.error === null ? null : (
        <div className="grant-view-refused">
          <Failed error={order.error} />
        </div>
      )}
    </>
  );
}
