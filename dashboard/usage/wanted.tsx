import type { EntitlementUsage } from '../api/types.ts';
import { type Column, Rows } from './rows.tsx';

type Wanted = EntitlementUsage['wanted'][number];

const COLUMNS: readonly Column<Wanted>[] = [
  { name: 'Action', cell: ({ action }) => <code>{action}</code> },
  {
    name: 'Resource',
    cell: ({ resource }) => (resource === null ? 'not in the logs' : <code>{resource}</code>),
  },
  { name: 'Calls', cell: ({ calls }) => calls.toLocaleString(), isNumber: true },
];

const GRANTS: Column<Wanted> = {
  ...{ name: 'Grants', isNumber: true },
  cell: ({ grants }) => grants.toLocaleString(),
};

type WantedProps = {
  readonly wanted: readonly Wanted[];
  /** Whether it is of several grants. */
  readonly ofSeveral?: boolean;
};

/** What was called and refused, and is not granted. */
export function WantedCalls({ wanted, ofSeveral = false }: WantedProps) {
  return (
    <Rows
      label="Refused calls"
      columns={ofSeveral ? [...COLUMNS, GRANTS] : COLUMNS}
      rows={wanted}
      keyOf={({ action, resource }) => `${action} ${resource}`}
    />
  );
}
