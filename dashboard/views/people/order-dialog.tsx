import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { fieldError } from '../../api/problem.ts';
import type { PrincipalState } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Failed } from '../../parts/failed.tsx';
import { draftOf, forgetDraft, keepDraft } from '../../sign-in/drafts.ts';
import { inNumbers, ORDER_NAMES, type OrderKind, orderPath, willDo } from './orders.ts';
import { useOpenGrants } from './use-open-grants.ts';

export type Asked = { readonly kind: OrderKind; readonly principal: string };

type OrderDialogProps = {
  readonly asked: Asked;
  readonly close: () => void;
  readonly done: (kind: OrderKind, state: PrincipalState) => void;
};

const DRAFT = 'people-reason';

/** Says what the order ends, asks for the reason, and gives it. */
export function OrderDialog({ asked: { kind, principal }, close, done }: OrderDialogProps) {
  const order = useOrder<PrincipalState>();
  const open = useOpenGrants(kind === 'resume' ? null : principal);
  const [reason, setReason] = useState(draftOf<string>(DRAFT) ?? '');
  useEffect(() => keepDraft(DRAFT, reason), [reason]);
  const leave = (): void => {
    forgetDraft(DRAFT);
    close();
  };
  const send = async (): Promise<void> => {
    const text = reason.trim();
    const state = await order.send(orderPath(kind, principal), text === '' ? {} : { reason: text });
    if (state === null) return;
    leave();
    done(kind, state);
  };
  const wrong = fieldError(order.error, '/reason');
  const ending = (open.grants ?? []).filter(({ status }) => status !== 'revoking');
  const known = open.grants === null ? 'everything that is open' : inNumbers(ending, open.isMore);
  return (
    <Modal
      visible
      header={`${ORDER_NAMES[kind]}?`}
      closeAriaLabel="Close"
      onDismiss={leave}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={leave}>
              Cancel
            </Button>
            <Button variant="primary" loading={order.busy} onClick={() => void send()}>
              {ORDER_NAMES[kind]}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>
          <p className="people-id">{principal}</p>
          <p className="people-will">{willDo(kind, known)}</p>
        </div>
        <FormField
          label="Reason"
          description="For the audit trail. It is not required."
          errorText={wrong}
        >
          <Input
            value={reason}
            onChange={({ detail }) => setReason(detail.value)}
            onKeyDown={({ detail }) => {
              if (detail.key === 'Enter' && !order.busy) void send();
            }}
          />
        </FormField>
        {order.error === null || wrong !== null ? null : <Failed error={order.error} />}
      </SpaceBetween>
    </Modal>
  );
}
