import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import type { Entitlement } from '../../api/types.ts';
import { capital, outcomeInWords } from '../../parts/status.tsx';

type PickerProps = {
  readonly all: readonly Entitlement[];
  readonly typed: string;
  readonly error: string | null;
  readonly onChange: (typed: string) => void;
};

const BEST_FIRST = ['allow', 'approve', 'deny'];

/** What can be asked for, by id, title or any word of its description; what is had at once comes first. */
export function EntitlementPicker({ all, typed, error, onChange }: PickerProps) {
  const options = all
    .toSorted(
      (a, b) =>
        BEST_FIRST.indexOf(a.outcome) - BEST_FIRST.indexOf(b.outcome) ||
        a.title.localeCompare(b.title),
    )
    .map(({ id, title, risk, outcome, description, labels }) => ({
      value: id,
      label: title,
      labelTag: outcomeInWords(outcome),
      description: `${id} · ${capital(risk)} risk`,
      filteringTags: [...labels, description ?? ''],
    }));
  return (
    <FormField label="Entitlement" stretch errorText={error}>
      <Autosuggest
        value={typed}
        options={options}
        placeholder="Search by name, id or purpose"
        empty="Nothing that you may see fits. Try another word."
        hideEnteredTextOption
        enteredTextLabel={(text) => `Use: ${text}`}
        selectedAriaLabel="Selected"
        clearAriaLabel="Clear"
        ariaRequired
        onChange={({ detail }) => onChange(detail.value)}
        onSelect={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
