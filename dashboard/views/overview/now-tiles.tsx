import { useRead } from '../../api/queries.ts';
import type { Entitlements, Me, Stats } from '../../api/types.ts';
import { linkTo } from '../../place.ts';
import { Tile } from './tile.tsx';

/** What is so at this moment, whichever days are chosen. */
export function NowTiles({ stats, me }: { readonly stats: Stats; readonly me: Me }) {
  const breakGlass = useBreakGlassLink();
  const { reviewsDue, overdue } = stats.breakGlass;
  const soon = stats.expiringSoon.length;
  return (
    <ul className="overview-tiles">
      <Tile
        label="Active"
        value={stats.active.toLocaleString()}
        href={linkTo('grants', { status: 'active' })}
        note={
          soon === 0
            ? 'none ends within 15 min'
            : `${soon} ${soon === 1 ? 'ends' : 'end'} within 15 min`
        }
      />
      <Tile
        label="Waiting for approval"
        value={stats.pending.toLocaleString()}
        href={linkTo('grants', { status: 'pending' })}
        note="requests without enough votes"
      />
      <Tile
        label="Break-glass reviews due"
        value={reviewsDue.toLocaleString()}
        href={breakGlass}
        loud={overdue > 0}
        note={overdue > 0 ? `${overdue} overdue` : 'none overdue'}
      />
      <Tile
        label="Suspended"
        value={stats.suspended.toLocaleString()}
        {...(me.may.includes('administer') && { href: linkTo('people') })}
        note="people and workloads kept out"
      />
    </ul>
  );
}

/** The server lists grants by entitlement, so the way in is the entitlement that breaks the glass. */
function useBreakGlassLink(): string {
  const offered = useRead<Entitlements>('/v1/entitlements', false);
  const found = offered.data?.entitlements.find(({ breakGlass }) => breakGlass);
  return linkTo('grants', { entitlement: found?.id ?? null });
}
