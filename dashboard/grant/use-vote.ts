import { useState } from 'react';
import { readAgain } from '../api/queries.ts';
import type { Grant } from '../api/types.ts';
import { useOrder } from '../api/use-order.ts';
import { useTell } from '../parts/notices.tsx';
import { useDraft } from './use-draft.ts';
import {
  type Choice,
  explainRefusal,
  type Typed,
  type VoteBody,
  type VoteRefusal,
  voteBody,
  votedInWords,
} from './vote-order.ts';
import type { Waiting } from './waiting.ts';

const NOTHING: Typed = { comment: '', matchCode: '' };
const NO_CODE = 'Enter the two digits that the requester was shown.';

/** What was typed of a vote, and how it was sent. */
export function useVote(grant: Grant, title: string, onVoted: (() => void) | undefined) {
  const tell = useTell();
  const order = useOrder<Grant>();
  const draft = useDraft<Typed>(`vote ${grant.id}`, NOTHING);
  const typed = draft.value;
  const [busy, setBusy] = useState<Choice | null>(null);
  const [sent, setSent] = useState<VoteBody>({});
  const [noCode, setNoCode] = useState(false);

  const type = (next: Typed): void => {
    draft.set(next);
    setNoCode(false);
  };
  /** Whether the vote could be sent as it is. */
  const isWhole = (choice: Choice, waiting: Waiting): boolean => {
    const body = voteBody(choice, waiting, typed);
    const whole = body.matchCode === undefined || /^\d{2}$/.test(body.matchCode);
    setNoCode(!whole);
    return whole;
  };
  const cast = async (choice: Choice, waiting: Waiting): Promise<void> => {
    const body = voteBody(choice, waiting, typed);
    setBusy(choice);
    setSent(body);
    const after = await order.send(`/v1/grants/${encodeURIComponent(grant.id)}/${choice}`, body);
    setBusy(null);
    if (after === null) {
      // The refusal says how the grant stands now; the rest of the view should, too.
      draft.set({ ...typed, matchCode: '' });
      await readAgain();
      return;
    }
    draft.forget();
    tell('success', votedInWords(choice, waiting, after, title));
    onVoted?.();
  };
  const refusal: VoteRefusal | null =
    order.error === null ? null : explainRefusal(order.error, sent);
  return { typed, type, busy, refusal, codeError: noCode ? NO_CODE : null, isWhole, cast };
}
