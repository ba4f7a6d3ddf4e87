import { useRead } from '../../api/queries.ts';
import type { Entitlements } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { RequestForm } from './request-form.tsx';
import './request.css';

/** Asking for access, with what policy would say of it while it is typed. */
export function View({ place }: { readonly place: Place }) {
  const entitlements = useRead<Entitlements>('/v1/entitlements', false);
  return (
    <ViewFrame
      title="Request"
      description="Ask for what you need, for as long as you need it. It ends by itself."
    >
      {entitlements.data === undefined ? (
        entitlements.error === null ? (
          <Loading what="Reading what you may ask for" />
        ) : (
          <Failed error={entitlements.error} retry={() => void entitlements.refetch()} />
        )
      ) : entitlements.data.entitlements.length === 0 ? (
        <div className="empty">
          <p>There is nothing that policy lets you ask for.</p>
          <p>Ask your platform team to add you to a group that may.</p>
        </div>
      ) : (
        <RequestForm
          key={place.query.toString()}
          query={place.query}
          all={entitlements.data.entitlements}
        />
      )}
    </ViewFrame>
  );
}
