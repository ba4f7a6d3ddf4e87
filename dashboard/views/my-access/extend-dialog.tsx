import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { parseTypedDuration } from '../../../core/duration.ts';
import { keepMatchCode } from '../../api/match-codes.ts';
import { fieldError, Problem } from '../../api/problem.ts';
import type { Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { Failed } from '../../parts/failed.tsx';

type ExtendDialogProps = {
  readonly grant: Grant;
  /** @param text what came of it; null where nothing was done */
  readonly onDone: (text: string | null) => void;
};

const WRITE_DURATION = 'Write a duration: 15m or 1h30m.';
const SAY_WHY = 'Say in a sentence why you need it longer.';

/** More time: counted from now, and decided by policy again. */
export function ExtendDialog({ grant, onDone }: ExtendDialogProps) {
  const [duration, setDuration] = useState('');
  const [justification, setJustification] = useState('');
  const [sent, setSent] = useState(false);
  const order = useOrder<Grant>();
  const parsed = parseTypedDuration(duration.trim());
  const extend = async (): Promise<void> => {
    setSent(true);
    if (!parsed.ok || justification.trim() === '') return;
    const answer = await order.send(`/v1/grants/${encodeURIComponent(grant.id)}/extend`, {
      durationSeconds: parsed.value,
      justification: justification.trim(),
    });
    if (answer === null) return;
    keepMatchCode(answer);
    onDone(
      answer.extension === null
        ? 'Extended.'
        : 'Requested. Somebody has to approve the extension; meanwhile it runs on as it is.',
    );
  };
  const said = (pointer: string): string | null => {
    const detail = fieldError(order.error, pointer);
    return detail === null ? null : `This ${detail}.`;
  };
  return (
    <Modal
      visible
      header="Extend"
      closeAriaLabel="Close"
      onDismiss={() => onDone(null)}
      footer={
        <div className="mine-dialog-actions">
          <Button variant="link" onClick={() => onDone(null)}>
            Cancel
          </Button>
          <Button
            variant="primary"
            loading={order.busy}
            loadingText="Extending"
            onClick={() => void extend()}
          >
            Extend
          </Button>
        </div>
      }
    >
      <div className="mine-dialog">
        <FormField
          label="Duration"
          stretch
          description="How long it lasts from now, such as 30m or 1h30m."
          errorText={sent && !parsed.ok ? WRITE_DURATION : said('/durationSeconds')}
        >
          <Input
            value={duration}
            autoComplete={false}
            spellcheck={false}
            ariaRequired
            onChange={({ detail }) => setDuration(detail.value)}
          />
        </FormField>
        <FormField
          label="Justification"
          stretch
          description="Approvers and auditors read it."
          errorText={sent && justification.trim() === '' ? SAY_WHY : said('/justification')}
        >
          <Textarea
            value={justification}
            rows={2}
            ariaRequired
            onChange={({ detail }) => setJustification(detail.value.replaceAll(/[\r\n]+/g, ' '))}
          />
        </FormField>
        {order.error === null ? null : <NotExtended error={order.error} />}
      </div>
    </Modal>
  );
}

/** Where policy says no, what would help. */
function NotExtended({ error }: { readonly error: unknown }) {
  const advice = error instanceof Problem ? (error.document.decision?.advice ?? []) : [];
  return (
    <>
      <Failed error={error} />
      {advice.length === 0 ? null : (
        <div>
          <h3>What would help</h3>
          <ul>
            {advice.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
