import './usage-view.css';
import { useRead } from '../../api/queries.ts';
import type { EntitlementUsage, Me } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { askedFor, pathOf } from './asked.ts';
import { Choose } from './choose.tsx';
import { Report } from './report.tsx';

type ViewProps = { readonly me: Me; readonly place: Place };

/** What of an entitlement was used, under all its grants of some days, for auditors. */
export function View({ place: { query } }: ViewProps) {
  const asked = askedFor(query);
  const { data, error, isPlaceholderData, refetch } = useRead<EntitlementUsage>(
    pathOf(asked),
    false,
  );
  const usage = isPlaceholderData ? undefined : data;
  return (
    <ViewFrame
      title="Usage"
      description="What of an entitlement was used, as far as the logs of CloudTrail show."
    >
      <Choose asked={asked} />
      {error === null ? null : <Failed error={error} retry={() => void refetch()} />}
      {asked.entitlement === null ? (
        <p className="empty">Choose an entitlement.</p>
      ) : usage === undefined ? (
        error === null && <Loading what="Loading what was used" />
      ) : (
        <Report key={`${usage.entitlement} ${usage.days}`} usage={usage} />
      )}
    </ViewFrame>
  );
}
