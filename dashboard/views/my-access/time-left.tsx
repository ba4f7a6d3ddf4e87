import { useNow } from '../../api/clock.ts';
import type { Grant } from '../../api/types.ts';

/** How much of its time is left, at a glance; the countdown says it in numbers. */
export function TimeLeft({ grant: { startsAt, expiresAt, createdAt } }: { readonly grant: Grant }) {
  const now = useNow();
  if (expiresAt === null) return null;
  const from = Date.parse(startsAt ?? createdAt);
  const until = Date.parse(expiresAt);
  const left = Math.min(1, Math.max(0, (until - now) / (until - from)));
  return (
    <div className="mine-bar" aria-hidden="true">
      <div style={{ width: `${left * 100}%` }} />
    </div>
  );
}
