import type { Grant } from '../../api/types.ts';
import { inDuration } from '../../parts/time.tsx';
import { linkToGrant } from '../../place.ts';

/** What a grant is for, in few lines. */
export function Facts({ grant }: { readonly grant: Grant }) {
  const { id, entitlement, parameters, scope, justification, ticket, durationSeconds } = grant;
  return (
    <div className="mine-facts">
      <p>
        <code>{entitlement}</code>
        {Object.entries(parameters).map(([name, value]) => (
          <span key={name}>
            {' '}
            · {name} <code>{value}</code>
          </span>
        ))}
        {scope === null ? null : ' · narrowed'} · {inDuration(durationSeconds)}
      </p>
      {justification === '' && ticket === null ? null : (
        <p>
          {justification}
          {ticket === null ? null : ` (${ticket})`}
        </p>
      )}
      <p>
        <a href={linkToGrant(id)}>{id}</a>
      </p>
    </div>
  );
}
