import './lists.css';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { GRANT_STATUSES } from '../../core/grant.ts';
import type { Me } from '../api/types.ts';
import { capital } from '../parts/status.tsx';
import { linkTo } from '../place.ts';
import { EntitlementField } from './entitlement-field.tsx';
import { GrantSearch } from './grant-search.tsx';
import { type Filter, filteredBy, type ListPlace } from './list-place.ts';
import { useTyped } from './use-typed.ts';

const ANY = { value: '', label: 'Any status' };
const STATUSES = GRANT_STATUSES.map((value) => ({ value, label: capital(value) }));

type FilterBarProps = {
  readonly me: Me;
  readonly place: ListPlace;
  readonly go: (place: ListPlace) => void;
  /** What the shown rows have: suggestions, besides what the person may request. */
  readonly seen: readonly { readonly id: string; readonly entitlement: string }[];
};

/** The filters that the server applies, and the way to one grant. */
export function FilterBar({ me, place, go, seen }: FilterBarProps) {
  const { filter } = place;
  const change = (changed: Filter): void => {
    const next = filteredBy(place, changed);
    if (JSON.stringify(next.filter) !== JSON.stringify(filter)) go(next);
  };
  const { requester } = filter;
  const administers = me.may.includes('administer');
  return (
    <>
      <search className="list-filters" aria-label="Filters">
        <FormField label="Status">
          <Select
            options={[ANY, ...STATUSES]}
            selectedOption={STATUSES.find(({ value }) => value === filter.status) ?? ANY}
            onChange={({ detail }) => change({ status: detail.selectedOption.value ?? '' })}
          />
        </FormField>
        <EntitlementField
          value={filter.entitlement ?? ''}
          placeholder="Any entitlement"
          seen={seen.map(({ entitlement }) => entitlement)}
          change={(entitlement) => change({ entitlement })}
        />
        <RequesterFilter
          value={filter.requester ?? ''}
          change={(requester) => change({ requester })}
        />
        <GrantSearch ids={seen.map(({ id }) => id)} />
      </search>
      <p className="list-hint">
        Names, justifications and parameters cannot be searched: click a name in a row for all of
        that requester.
        {requester !== undefined && administers ? (
          <>
            {' '}
            <a className="list-a" href={linkTo('people', { principal: requester })}>
              End what this requester has
            </a>
          </>
        ) : null}
      </p>
    </>
  );
}

type OneFilterProps = { readonly value: string; readonly change: (value: string) => void };

function RequesterFilter({ value, change }: OneFilterProps) {
  const [typed, setTyped] = useTyped(value);
  return (
    <FormField label="Requester">
      <Input
        value={typed}
        type="search"
        placeholder="Anybody, or an id: people:…"
        clearAriaLabel="Clear"
        spellcheck={false}
        autoComplete={false}
        onChange={({ detail }) => {
          setTyped(detail.value);
          if (detail.value === '') change('');
        }}
        onBlur={() => change(typed.trim())}
        onKeyDown={({ detail }) => {
          if (detail.key === 'Enter') change(typed.trim());
        }}
      />
    </FormField>
  );
}
