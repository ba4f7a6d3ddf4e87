import type { Grant } from '../../api/types.ts';
import { Risk } from '../../grant/risk.tsx';
import { capital, Status } from '../../parts/status.tsx';
import { Countdown, Time } from '../../parts/time.tsx';

/** The state in one line, with what comes next. */
export function Summary({ grant, risk }: { readonly grant: Grant; readonly risk: string | null }) {
  return (
    <div className="grant-view-summary">
      <Status of={grant.status} />
      <Next grant={grant} />
      {risk === null ? null : <Risk of={risk} />}
      <span>for {grant.requester.name}</span>
      <code>{grant.id}</code>
    </div>
  );
}

function Next({ grant }: { readonly grant: Grant }) {
  const { status, expiresAt, startsAt, endedAt, endReason, approvals } = grant;
  if (status === 'active' && expiresAt !== null) {
    return (
      <span className="grant-view-left">
        <Countdown until={expiresAt} /> left
      </span>
    );
  }
  if (status === 'scheduled' && startsAt !== null) {
    return (
      <span className="grant-view-left">
        starts in <Countdown until={startsAt} />
      </span>
    );
  }
  if (status === 'pending' && approvals.lapsesAt !== null) {
    return (
      <span className="grant-view-left">
        lapses in <Countdown until={approvals.lapsesAt} />
      </span>
    );
  }
  if (endedAt === null && endReason === null) return null;
  return (
    <span>
      {endReason === null ? null : `${capital(endReason)}, `}
      {endedAt === null ? 'not over yet' : <Time at={endedAt} />}
    </span>
  );
}
