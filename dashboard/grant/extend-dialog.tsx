import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { parseTypedDuration } from '../../core/duration.ts';
import { keepMatchCode } from '../api/match-codes.ts';
import { fieldError, Problem } from '../api/problem.ts';
import type { Grant } from '../api/types.ts';
import { useOrder } from '../api/use-order.ts';
import { Failed } from '../parts/failed.tsx';
import { inMoment } from '../parts/moment.ts';
import { useTell } from '../parts/notices.tsx';
import { inDuration } from '../parts/time.tsx';
import { Dialog } from './dialog.tsx';
import { useDraft } from './use-draft.ts';
import { oneLine } from './vote-order.ts';

type ExtendProps = { readonly grant: Grant; readonly onClose: () => void };

/** Asks for more time: policy decides as on a new request of that length. */
export function ExtendDialog({ grant, onClose }: ExtendProps) {
  const tell = useTell();
  const order = useOrder<Grant>();
  const draft = useDraft(`extend ${grant.id}`, {
    duration: inDuration(grant.durationSeconds),
    why: '',
  });
  const [checked, setChecked] = useState(false);
  const { duration, why } = draft.value;
  const seconds = parseTypedDuration(duration.trim());
  const justification = oneLine(why);
  const send = async (): Promise<void> => {
    setChecked(true);
    if (!seconds.ok || justification === '') return;
    const body = { durationSeconds: seconds.value, justification };
    const after = await order.send(`/v1/grants/${encodeURIComponent(grant.id)}/extend`, body);
    if (after === null) return;
    keepMatchCode(after);
    draft.forget();
    tell('success', extendedInWords(after));
    onClose();
  };
  const wrongDuration =
    fieldError(order.error, '/durationSeconds') ??
    (checked && !seconds.ok ? `Please ${seconds.error}.` : null);
  return (
    <Dialog
      title="Extend this grant"
      onClose={onClose}
      actions={
        <>
          <Button variant="link" onClick={onClose}>
            Not now
          </Button>
          <Button variant="primary" loading={order.busy} onClick={() => void send()}>
            Extend
          </Button>
        </>
      }
    >
      <p>
        Policy decides as on a new request of that length. If it needs an approval, the grant runs
        on as it is meanwhile. Keys that you have keep their end; get new ones afterwards.
      </p>
      <FormField
        label="Duration"
        constraintText="Counted from now, such as 30m or 1h30m."
        errorText={wrongDuration}
      >
        <Input
          value={duration}
          autoComplete={false}
          onChange={({ detail }) => draft.set({ ...draft.value, duration: detail.value })}
        />
      </FormField>
      <FormField
        label="Justification"
        constraintText="Why you need it longer, in a sentence."
        errorText={
          fieldError(order.error, '/justification') ??
          (checked && justification === '' ? 'Say why you need it longer.' : null)
        }
      >
        <Textarea
          value={why}
          rows={2}
          onChange={({ detail }) => draft.set({ ...draft.value, why: detail.value.slice(0, 500) })}
        />
      </FormField>
      {order.error === null ? null : <NotExtended error={order.error} />}
    </Dialog>
  );
}

function extendedInWords({ extension, expiresAt }: Grant): string {
  if (extension !== null) return 'Your extension waits for approval. The grant runs on meanwhile.';
  return expiresAt === null ? 'Extended.' : `Extended until ${inMoment(expiresAt)}.`;
}

/** Where policy says no, with what would help. */
function NotExtended({ error }: { readonly error: unknown }) {
  const advice = error instanceof Problem ? (error.document.decision?.advice ?? []) : [];
  return (
    <>
      <Failed error={error} />
      {advice.length === 0 ? null : <h3>What would help</h3>}
      <ul>
        {advice.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}
