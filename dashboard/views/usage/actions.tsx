import type { EntitlementUsage } from '../../api/types.ts';
import { ChooseStanding } from '../../usage/choose-standing.tsx';
import { type Column, Rows } from '../../usage/rows.tsx';
import { StandingOf } from '../../usage/standing.tsx';

type Action = EntitlementUsage['actions'][number];

const COLUMNS: readonly Column<Action>[] = [
  { name: 'Action', cell: ({ action }) => <code>{action}</code> },
  {
    name: 'Answer',
    cell: (action) => <StandingOf action={action} />,
  },
  { name: 'Calls', cell: ({ calls }) => calls.toLocaleString(), isNumber: true },
  { name: 'Refused', cell: ({ refused }) => refused.toLocaleString(), isNumber: true },
  { name: 'Grants', cell: ({ grants }) => grants.toLocaleString(), isNumber: true },
  {
    name: 'People and jobs',
    cell: ({ principals }) => principals.toLocaleString(),
    isNumber: true,
  },
];

/** Each action of the entitlement, with what the logs say of it. */
export function Actions({ actions }: { readonly actions: readonly Action[] }) {
  return (
    <div className="usage">
      <ChooseStanding actions={actions}>
        {(chosen) => (
          <Rows label="Actions" columns={COLUMNS} rows={chosen} keyOf={({ action }) => action} />
        )}
      </ChooseStanding>
    </div>
  );
}
