import './lists.css';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useEffect, useState } from 'react';
import { GRANT_STATUSES } from '../../core/grant.ts';
import { useRead } from '../api/queries.ts';
import type { Entitlements, Me } from '../api/types.ts';
import { capital } from '../parts/status.tsx';
import { linkTo } from '../place.ts';
import { GrantSearch } from './grant-search.tsx';
import { type Filter, filteredBy, type ListPlace } from './list-place.ts';

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
        <EntitlementFilter
          value={filter.entitlement ?? ''}
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

function EntitlementFilter({
  value,
  seen,
  change,
}: OneFilterProps & { readonly seen: readonly string[] }) {
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
        placeholder="Any entitlement"
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

/** What is typed, until the filter in the URL changes. */
function useTyped(value: string): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return [typed, setTyped];
}
