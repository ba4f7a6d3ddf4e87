import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { Entitlement } from '../../api/types.ts';
import { inDuration } from '../../parts/time.tsx';
import { durationChoices, secondsOf } from './durations.ts';

type DurationFieldProps = {
  readonly typed: string;
  readonly entitlement: Entitlement | undefined;
  readonly error: string | null;
  readonly onChange: (typed: string) => void;
};

/** How long it lasts: typed, or chosen by a click. */
export function DurationField({ typed, entitlement, error, onChange }: DurationFieldProps) {
  const most = entitlement && inDuration(entitlement.maxDurationSeconds);
  return (
    <div>
      <FormField
        label="Duration"
        stretch
        errorText={error}
        constraintText={`Such as 30m or 1h30m${most === undefined ? '' : `; at most ${most}`}. Ask for no longer than you need: you can end it early, and extend it.`}
      >
        <Input
          value={typed}
          autoComplete={false}
          spellcheck={false}
          ariaRequired
          onChange={({ detail }) => onChange(detail.value)}
        />
      </FormField>
      {entitlement === undefined ? null : (
        <fieldset className="request-choices">
          <legend>Usual lengths</legend>
          {durationChoices(entitlement).map((seconds) => (
            <button
              key={seconds}
              type="button"
              aria-pressed={secondsOf(typed) === seconds}
              onClick={() => onChange(inDuration(seconds))}
            >
              {inDuration(seconds)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
