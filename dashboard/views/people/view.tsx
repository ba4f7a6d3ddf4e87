import '../../lists/lists.css';
import './people.css';
import Alert from '@cloudscape-design/components/alert';
import { useEffect, useRef, useState } from 'react';
import type { PrincipalState } from '../../api/types.ts';
import { ViewFrame } from '../../parts/view-frame.tsx';
import { goTo, linkTo, type Place } from '../../place.ts';
import { OpenGrantList } from './open-grants.tsx';
import { type Asked, OrderDialog } from './order-dialog.tsx';
import { didDo, type OrderKind } from './orders.ts';
import { PrincipalForm } from './principal-form.tsx';
import { Suspended } from './suspended.tsx';
import { useOpenGrants } from './use-open-grants.ts';

type ViewProps = { readonly place: Place };

/** Ends what people and workloads have, and keeps them out, for administrators. */
export function View({ place: { query } }: ViewProps) {
  const principal = query.get('principal')?.trim() || null;
  const open = useOpenGrants(principal);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [did, setDid] = useState<ReturnType<typeof didDo> | null>(null);
  const back = useFocusBack(asked !== null);
  const ask = (kind: OrderKind, of: string): void => setAsked({ kind, principal: of });
  const done = (kind: OrderKind, state: PrincipalState): void => {
    setDid(didDo(kind, state));
    goTo(linkTo('people', { principal: state.principal.id }), { replace: true });
  };
  return (
    <ViewFrame title="People" description="End what a person or a workload has, or keep them out.">
      <section className="people-card" aria-label="One principal">
        <PrincipalForm principal={principal} ask={ask} asking={asked !== null} />
        <div ref={back} tabIndex={-1} aria-live="polite">
          {did === null ? null : (
            <Alert
              type={did.kind}
              dismissible
              dismissAriaLabel="Close"
              onDismiss={() => setDid(null)}
            >
              <span className="list-name">{did.text}</span>
            </Alert>
          )}
        </div>
        {principal === null ? (
          <p className="people-quiet">
            What it has is shown here before anything is ended. The id is on each of its grants.
          </p>
        ) : (
          <OpenGrantList of={open} principal={principal} />
        )}
      </section>
      <section className="people-card" aria-labelledby="people-suspended">
        <h2 id="people-suspended">Suspended</h2>
        <Suspended resume={(of) => ask('resume', of)} />
      </section>
      {asked === null ? null : (
        <OrderDialog asked={asked} close={() => setAsked(null)} done={done} />
      )}
    </ViewFrame>
  );
}

/** After the dialog has closed, the focus goes to where the outcome is told. */
function useFocusBack(open: boolean) {
  const target = useRef<HTMLDivElement>(null);
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !open) target.current?.focus();
    was.current = open;
  }, [open]);
  return target;
}
