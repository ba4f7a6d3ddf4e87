import type { EntitlementUsage } from '../../api/types.ts';
import { Time } from '../../parts/time.tsx';
import { linkTo } from '../../place.ts';
import { type Column, Rows } from '../../usage/rows.tsx';

type Principal = EntitlementUsage['principals'][number];

const COLUMNS: readonly Column<Principal>[] = [
  {
    name: 'Requester',
    cell: ({ principal, name }) => (
      <>
        <a className="usage-a" href={linkTo('grants', { requester: principal })}>
          {name}
        </a>
        <span className="usage-note">{principal}</span>
      </>
    ),
  },
  { name: 'Grants', cell: ({ grants }) => grants.toLocaleString(), isNumber: true },
  { name: 'Idle grants', cell: ({ idle }) => idle.toLocaleString(), isNumber: true },
  { name: 'Actions used', cell: ({ actions }) => actions.toLocaleString(), isNumber: true },
  { name: 'Calls', cell: ({ calls }) => calls.toLocaleString(), isNumber: true },
  { name: 'Refused', cell: ({ refused }) => refused.toLocaleString(), isNumber: true },
  { name: 'Last call', cell: ({ lastUse }) => <Time at={lastUse} /> },
];

/** Whose grants were read, and how much of them was used. */
export function Principals({ principals }: { readonly principals: readonly Principal[] }) {
  return (
    <div className="usage">
      <Rows
        label="Requesters"
        columns={COLUMNS}
        rows={principals}
        keyOf={({ principal }) => principal}
      />
    </div>
  );
}
