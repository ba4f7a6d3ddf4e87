import type { TableProps } from '@cloudscape-design/components/table';
import type { Grant } from '../../api/types.ts';
import { type Filter, filteredBy, type ListPlace, queryOf } from '../../lists/list-place.ts';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { linkTo, linkToGrant } from '../../place.ts';

type Columns = readonly TableProps.ColumnDefinition<Grant>[];

export function columnsOf(place: ListPlace, gone: ReadonlySet<string>): Columns {
  const only = (change: Filter): string => linkTo('grants', queryOf(filteredBy(place, change)));
  return [
    {
      ...{ id: 'id', header: 'Grant', minWidth: 200, isRowHeader: true },
      cell: ({ id }) => (
        <a className="list-a list-mono list-name" href={linkToGrant(id)}>
          {id}
        </a>
      ),
    },
    {
      ...{ id: 'status', header: 'Status', minWidth: 124 },
      cell: ({ id, status }) => (
        <>
          <Status of={status} />
          {gone.has(id) ? <span className="list-id">has changed since</span> : null}
        </>
      ),
    },
    {
      ...{ id: 'requester', header: 'Requester', minWidth: 180 },
      cell: ({ requester }) => (
        <>
          <a
            className="list-a list-name"
            href={only({ requester: requester.id })}
            title="Only the grants of this requester"
          >
            {requester.name}
          </a>
          <span className="list-id">{requester.id}</span>
        </>
      ),
    },
    {
      ...{ id: 'entitlement', header: 'Entitlement', minWidth: 130 },
      cell: ({ entitlement }) => (
        <a
          className="list-a list-name"
          href={only({ entitlement })}
          title="Only grants of this entitlement"
        >
          {entitlement}
        </a>
      ),
    },
    {
      ...{ id: 'justification', header: 'Justification', minWidth: 130 },
      cell: ({ justification, ticket }) => (
        <>
          <span className="list-text" title={justification}>
            {justification === '' ? '–' : justification}
          </span>
          {ticket === null ? null : <span className="list-id">{ticket}</span>}
        </>
      ),
    },
    {
      ...{ id: 'when', header: 'Requested', minWidth: 185 },
      cell: (grant) => (
        <>
          <Time at={grant.createdAt} />
          <span className="list-id">
            <End of={grant} />
          </span>
        </>
      ),
    },
  ];
}

function End({ of: { status, endedAt, expiresAt } }: { readonly of: Grant }) {
  if (endedAt !== null) {
    return (
      <>
        ended <Time at={endedAt} />
      </>
    );
  }
  if (expiresAt === null || status === 'pending') return null;
  return (
    <>
      ends <Time at={expiresAt} />
    </>
  );
}
