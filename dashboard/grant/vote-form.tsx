import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import type { Choice, Typed } from './vote-order.ts';
import type { Waiting } from './waiting.ts';

const LONGEST_COMMENT = 500;
const APPROVE: ButtonProps['nativeButtonAttributes'] = { 'data-vote': 'approve' };
const DENY: ButtonProps['nativeButtonAttributes'] = { 'data-vote': 'deny' };

type VoteFormProps = {
  readonly waiting: Waiting;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  readonly codeError: string | null;
  readonly busy: Choice | null;
  readonly onVote: (choice: Choice) => void;
};

/** The comment, the code where one is asked for, and the two buttons. */
export function VoteForm({ waiting, typed, onType, codeError, busy, onVote }: VoteFormProps) {
  const { matchCode } = waiting.approvals;
  return (
    <div className="grant-vote-form">
      {matchCode === undefined ? null : (
        <FormField
          label="Match code"
          description="Call the requester at a number that you know, and let them say the two digits that they were shown."
          constraintText={`Only needed to approve. ${triesInWords(matchCode.triesLeft)}`}
          errorText={codeError}
        >
          <div className="grant-code">
            <Input
              value={typed.matchCode}
              inputMode="numeric"
              autoComplete={false}
              ariaRequired
              onChange={({ detail }) =>
                onType({ ...typed, matchCode: detail.value.replaceAll(/\D/g, '').slice(0, 2) })
              }
            />
          </div>
        </FormField>
      )}
      <FormField
        label="Comment"
        constraintText="Optional. The requester reads it: if you deny, say what to do instead."
      >
        <Textarea
          value={typed.comment}
          rows={2}
          onChange={({ detail }) =>
            onType({ ...typed, comment: detail.value.slice(0, LONGEST_COMMENT) })
          }
        />
      </FormField>
      <div className="grant-buttons">
        <Button
          variant="primary"
          loading={busy === 'approve'}
          disabled={busy === 'deny'}
          onClick={() => onVote('approve')}
          nativeButtonAttributes={APPROVE}
        >
          Approve
        </Button>
        <Button
          loading={busy === 'deny'}
          disabled={busy === 'approve'}
          onClick={() => onVote('deny')}
          nativeButtonAttributes={DENY}
        >
          Deny
        </Button>
      </div>
    </div>
  );
}

function triesInWords(left: number): string {
  return left === 1 ? '1 try is left; then the request is denied.' : `${left} tries are left.`;
}
