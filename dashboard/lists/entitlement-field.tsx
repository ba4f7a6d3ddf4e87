import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import { useRead } from '../api/queries.ts';
import type { Entitlements } from '../api/types.ts';
import { useTyped } from './use-typed.ts';

type FieldProps = {
  readonly value: string;
  readonly placeholder: string;
  /** Suggestions, besides what the person may request. */
  readonly seen: readonly string[];
  /** Empty where it was cleared. */
  readonly change: (entitlement: string) => void;
};

/** Chooses an entitlement; an auditor may type one that nobody offers to them. */
export function EntitlementField({ value, placeholder, seen, change }: FieldProps) {
  const [typed, setTyped] = useTyped(value);
  const offered = useRead<Entitlements>('/v1/entitlements', false);
  const titles = new Map(
    (offered.data?.entitlements ?? []).map(({ id, title }) => [id, title] as const),
  );
  const ids = [...new Set([...titles.keys(), ...seen])].sort();
  return (
    <FormField label="Entitlement">
      <Autosuggest
        value={typed}
        placeholder={placeholder}
        clearAriaLabel="Clear"
        enteredTextLabel={(text) => `Only “${text}”`}
        empty="No entitlement is called so"
        options={ids.map((id) => ({ value: id, description: titles.get(id) ?? '' }))}
        onChange={({ detail }) => {
          setTyped(detail.value);
          if (detail.value === '') change('');
        }}
        onSelect={({ detail }) => change(detail.value.trim())}
        onBlur={() => change(typed.trim())}
        onKeyDown={({ detail }) => {
          if (detail.key === 'Enter') change(typed.trim());
        }}
      />
    </FormField>
  );
}
