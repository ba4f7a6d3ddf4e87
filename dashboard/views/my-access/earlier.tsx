import type { Grant } from '../../api/types.ts';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { linkToGrant } from '../../place.ts';

type EarlierProps = {
  readonly grants: readonly Grant[];
  readonly titleOf: (id: string) => string;
};

/** The last that ended, each with its link. */
export function Earlier({ grants, titleOf }: EarlierProps) {
  return (
    <ul className="mine-earlier">
      {grants.map((grant) => (
        <li key={grant.id}>
          <span className="mine-earlier-what">
            <a href={linkToGrant(grant.id)}>{titleOf(grant.entitlement)}</a>
            <span className="mine-hint">{grant.justification || grant.endReason}</span>
          </span>
          <Status of={grant.status} />
          <span className="mine-earlier-when">
            <Time at={grant.endedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
