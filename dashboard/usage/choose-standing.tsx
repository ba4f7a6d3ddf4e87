import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { type ReactNode, useState } from 'react';
import { choicesOf, type Standing, standingOf } from './in-words.ts';

type Props<T> = {
  readonly actions: readonly T[];
  readonly children: (chosen: readonly T[]) => ReactNode;
};

/** Narrows actions to those with one answer. */
export function ChooseStanding<T extends Parameters<typeof standingOf>[0]>({
  actions,
  children,
}: Props<T>) {
  const [chosen, setChosen] = useState<Standing | ''>('');
  const choices = choicesOf(actions.map(standingOf));
  const selected = choices.find(({ value }) => value === chosen) ?? choices[0] ?? null;
  const shown = actions.filter((one) => !selected?.value || standingOf(one) === selected.value);
  return (
    <>
      <div className="usage-choose">
        <FormField label="Answer">
          <Select
            options={choices}
            selectedOption={selected}
            onChange={({ detail }) => setChosen((detail.selectedOption.value ?? '') as Standing)}
          />
        </FormField>
      </div>
      {children(shown)}
    </>
  );
}
