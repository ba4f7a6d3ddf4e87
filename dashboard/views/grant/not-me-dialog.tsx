import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { PrincipalState } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Dialog } from '../../grant/dialog.tsx';
import { oneLine } from '../../grant/vote-order.ts';
import { Failed } from '../../parts/failed.tsx';

type NotMeProps = { readonly onClose: () => void; readonly onSuspended: () => void };

/** The way out for somebody whose sign-in was stolen: always there, and undone only by an administrator. */
export function NotMeDialog({ onClose, onSuspended }: NotMeProps) {
  const order = useOrder<PrincipalState>();
  const [reason, setReason] = useState('I did not make this request.');
  const send = async (): Promise<void> => {
    const body = { reason: oneLine(reason) };
    if ((await order.send('/v1/principals/me/suspend', body)) !== null) onSuspended();
  };
  return (
    <Dialog
      title="You did not ask for this?"
      onClose={onClose}
      actions={
        <>
          <Button variant="link" onClick={onClose}>
            It was me
          </Button>
          <Button variant="primary" loading={order.busy} onClick={() => void send()}>
            End everything
          </Button>
        </>
      }
    >
      <p>
        Then somebody else uses your identity. This ends <strong>everything</strong> under it: all
        your grants and requests, and the keys of all of them.
      </p>
      <p>
        It also locks you out, here and in the command, until an administrator lets you in again.
        The security team is told.
      </p>
      <FormField label="Reason" constraintText="What the security team should know.">
        <Textarea
          value={reason}
          rows={2}
          onChange={({ detail }) => setReason(detail.value.slice(0, 500))}
        />
      </FormField>
      {order.error === null ? null : <Failed error={order.error} />}
    </Dialog>
  );
}
