import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import type { Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Dialog } from '../../grant/dialog.tsx';
import { useDraft } from '../../grant/use-draft.ts';
import { oneLine } from '../../grant/vote-order.ts';
import { Failed } from '../../parts/failed.tsx';
import { useTell } from '../../parts/notices.tsx';

type RevokeProps = { readonly grant: Grant; readonly onClose: () => void };

/** Ends somebody else's grant. */
export function RevokeDialog({ grant, onClose }: RevokeProps) {
  const tell = useTell();
  const order = useOrder<Grant>();
  const draft = useDraft(`revoke ${grant.id}`, '');
  const reason = oneLine(draft.value);
  const send = async (): Promise<void> => {
    const path = `/v1/grants/${encodeURIComponent(grant.id)}/revoke`;
    const after = await order.send(path, reason === '' ? {} : { reason });
    if (after === null) return;
    draft.forget();
    tell('success', `The grant of ${grant.requester.name} is ${after.status}.`);
    onClose();
  };
  return (
    <Dialog
      title="Revoke this grant?"
      onClose={onClose}
      actions={
        <>
          <Button variant="link" onClick={onClose}>
            Keep it
          </Button>
          <Button variant="primary" loading={order.busy} onClick={() => void send()}>
            Revoke
          </Button>
        </>
      }
    >
      <p>
        {`It ends ${grant.entitlement} for ${grant.requester.name} now. All keys of this grant stop working within seconds, and no new ones are handed out. Their other grants go on. This cannot be undone: they have to ask again.`}
      </p>
      <FormField
        label="Reason"
        constraintText="For the requester and the audit trail, in a sentence."
      >
        <Textarea
          value={draft.value}
          rows={2}
          onChange={({ detail }) => draft.set(detail.value.slice(0, 500))}
        />
      </FormField>
      {order.error === null ? null : <Failed error={order.error} />}
    </Dialog>
  );
}
