import type { GrantUsage } from '../../api/types.ts';
import { counted } from '../../parts/counted.ts';
import { Time } from '../../parts/time.tsx';
import { ChooseStanding } from '../../usage/choose-standing.tsx';
import { callsInWords } from '../../usage/in-words.ts';
import { type Column, Rows } from '../../usage/rows.tsx';
import { StandingOf } from '../../usage/standing.tsx';

type Action = GrantUsage['actions'][number];

const COLUMNS: readonly Column<Action>[] = [
  { name: 'Action', cell: (action) => <Called action={action} /> },
  {
    name: 'Answer',
    cell: (action) => <StandingOf action={action} />,
  },
  { name: 'Calls', cell: ({ calls }) => calls.toLocaleString(), isNumber: true },
  { name: 'Refused', cell: ({ refused }) => refused.toLocaleString(), isNumber: true },
  { name: 'Last call', cell: ({ last }) => <Time at={last} /> },
];

/** Each action that is granted, and what was called beyond. */
export function UsageActions({ actions }: { readonly actions: readonly Action[] }) {
  return (
    <ChooseStanding actions={actions}>
      {(chosen) => (
        <Rows label="Actions" columns={COLUMNS} rows={chosen} keyOf={({ action }) => action} />
      )}
    </ChooseStanding>
  );
}

function Called({ action }: { readonly action: Action }) {
  const notes = [
    action.granted ? '' : 'not granted now',
    action.regions.length === 0 ? '' : `in ${action.regions.join(', ')}`,
    action.via.length === 0 ? '' : `through ${action.via.join(', ')}`,
  ].filter(Boolean);
  return (
    <>
      <code>{action.action}</code>
      {notes.length === 0 ? null : <span className="usage-note">{notes.join('; ')}</span>}
      <Resources of={action} />
    </>
  );
}

function Resources({ of: { action, resources, otherResources, unnamedCalls } }: { of: Action }) {
  const count = resources.length + otherResources;
  const unnamed =
    unnamedCalls === 0 ? null : (
      <span className="usage-note">
        {counted(unnamedCalls, 'call')} whose resource the logs do not tell
      </span>
    );
  if (count === 0) return unnamed;
  return (
    <>
      <details>
        <summary aria-label={`${counted(count, 'resource')} of ${action}`}>
          {counted(count, 'resource')}
        </summary>
        <ul className="usage-points">
          {resources.map(({ resource, ...calls }) => (
            <li key={resource}>
              <code>{resource}</code>, {callsInWords(calls)}
            </li>
          ))}
          {otherResources === 0 ? null : <li>{counted(otherResources, 'further resource')}</li>}
        </ul>
      </details>
      {unnamed}
    </>
  );
}
