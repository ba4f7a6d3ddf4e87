import { useEffect, useState } from 'react';
import type { Me } from '../../api/types.ts';
import { isOwn, useEntitlementOf, useGrant } from '../../grant/use-grant.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { NoSuchGrant } from './no-such-grant.tsx';
import { Page } from './page.tsx';
import { Suspended } from './suspended.tsx';
import './grant-view.css';

type ViewProps = { readonly me: Me; readonly place: Place };

/** One grant: what it is, what became of it, and what the person may do with it. */
export function View({ me, place }: ViewProps) {
  const id = place.parts[1] ?? '';
  const { grant, error, missing, retry } = useGrant(id);
  const entitlement = useEntitlementOf(grant);
  const [suspended, setSuspended] = useState(false);
  const title = entitlement?.title;
  useEffect(() => {
    if (title === undefined) return;
    // After the frame of the page, which names views alone.
    const frame = requestAnimationFrame(() => {
      document.title = `${title} · Valet Key`;
    });
    return () => cancelAnimationFrame(frame);
  }, [title]);

  if (suspended) return <Suspended />;
  if (missing) return <NoSuchGrant id={id} />;
  if (grant === undefined || entitlement === undefined) {
    if (error === null) return <Loading what="Loading the grant" />;
    return (
      <ViewFrame title="Grant">
        <Failed error={error} retry={retry} />
      </ViewFrame>
    );
  }
  return (
    <Page
      grant={grant}
      me={me}
      {...entitlement}
      own={isOwn(grant, me)}
      stale={error === null ? null : <Failed error={error} retry={retry} />}
      onSuspended={() => setSuspended(true)}
    />
  );
}
