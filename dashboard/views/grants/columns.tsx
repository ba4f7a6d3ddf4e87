import type { TableProps } from '@cloudscape-design/components/table';
import type { Grant } from '../../api/types.ts';
import { type Filter, filteredBy, type ListPlace, queryOf } from '../../lists/list-place.ts';
import { linkTo, linkToGrant } from '../../navigation.ts';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';

type Columns = readonly TableProps.ColumnDefinition<Grant>[];

export function columnsOf(place: ListPlace, gone: ReadonlySet<string>): Columns {
  const only = (change: Filter): string => linkTo('grants', queryOf(filteredBy(place, change)));
  return [
    {
      ...{ id: 'id', header: 'Grant', width: 205, minWidth: 120, isRowHeader: true },
      cell: ({ id }) => (
        <a className="list-a list-mono list-name" href={linkToGrant(id)}>
          {id}
        </a>
      ),
    },
    {
      ...{ id: 'status', header: 'Status', width: 115, minWidth: 100 },
      cell: ({ id, status }) => (
        <>
          <Status of={status} />
          {gone.has(id) ? <span className="list-id">has changed since</span> : null}
        </>
      ),
    },
    {
      ...{ id: 'requester', header: 'Requester', width: 185, minWidth: 120 },
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
      ...{ id: 'entitlement', header: 'Entitlement', width: 150, minWidth: 100 },
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
      ...{ id: 'justification', header: 'Justification', width: 185, minWidth: 120 },
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
      ...{ id: 'when', header: 'Requested', width: 150, minWidth: 110 },
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
