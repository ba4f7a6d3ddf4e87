import type { Stats } from '../../api/types.ts';
import { Countdown, Time } from '../../parts/time.tsx';
import { linkTo, linkToGrant } from '../../place.ts';
import { Quiet } from './card.tsx';
import { kindInWords } from './signal-kinds.ts';

/** Active grants that end within a quarter of an hour, the next one first. */
export function Expiring({ grants }: { readonly grants: Stats['expiringSoon'] }) {
  if (grants.length === 0) return <Quiet>No active grant ends within 15 minutes.</Quiet>;
  return (
    <ul className="overview-list">
      {grants.map(({ id, requester, entitlement, expiresAt }) => (
        <li key={id}>
          <span>
            <a className="overview-a" href={linkToGrant(id)}>
              {entitlement}
            </a>
            <span className="overview-note">{requester.name}</span>
          </span>
          <Countdown until={expiresAt} />
        </li>
      ))}
    </ul>
  );
}

/** The latest signals about people and workloads. */
export function Signals({ signals }: { readonly signals: Stats['signals'] }) {
  if (signals.length === 0) return <Quiet>No signals in these days.</Quiet>;
  return (
    <ul className="overview-list scroll">
      {signals.map(({ kind, principal, at, count }) => (
        <li key={`${kind} ${principal.id} ${at}`}>
          <span>
            <a className="overview-a" href={linkTo('grants', { requester: principal.id })}>
              {principal.name}
            </a>
            <span className="overview-note" title={kind}>
              {kindInWords(kind)}
              {count > 1 ? ` × ${count}` : ''}
            </span>
          </span>
          <Time at={at} />
        </li>
      ))}
    </ul>
  );
}
