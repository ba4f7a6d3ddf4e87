import Button from '@cloudscape-design/components/button';
import { useId, useState } from 'react';
import type { DecisionPage } from '../../api/types.ts';
import { type Filter, filteredBy, type ListPlace, queryOf } from '../../lists/list-place.ts';
import { Outcome } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { linkTo, linkToGrant } from '../../place.ts';
import { factsOf } from './facts.ts';
import { principalOf } from './files.ts';

export type Recorded = DecisionPage['decisions'][number];

export const COLUMNS = 5;

type DecisionRowProps = { readonly of: Recorded; readonly place: ListPlace };

/** One decision; what the policy engine saw folds out beneath it. */
export function DecisionRow({ of, place }: DecisionRowProps) {
  const [open, setOpen] = useState(false);
  const facts = useId();
  const { decision, grantId } = of;
  const marked = place.policy !== null && decision.policies.includes(place.policy);
  return (
    <>
      <tr className={`decision${open ? ' open' : ''}${marked ? ' marked' : ''}`}>
        <td data-label="When">
          <div className="decision-when">
            <Button
              variant="icon"
              iconName={open ? 'angle-down' : 'angle-right'}
              ariaExpanded={open}
              ariaControls={open ? facts : ''}
              ariaLabel={`Facts of ${grantId}`}
              onClick={() => setOpen(!open)}
            />
            <span>
              <Time at={of.at} />
              <a className="list-a list-id list-mono" href={linkToGrant(grantId)}>
                {grantId}
              </a>
            </span>
          </div>
        </td>
        <td data-label="Outcome">
          <Outcome of={decision.outcome} />
        </td>
        <Who of={of} place={place} />
        <td data-label="Policies">
          <Policies of={of} marked={marked ? place.policy : null} />
        </td>
      </tr>
      {open ? (
        <tr className="decision-facts" id={facts}>
          <td colSpan={COLUMNS}>
            <Facts of={of} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Who({ of, place }: DecisionRowProps) {
  const { id, name } = principalOf(of);
  const only = (change: Filter): string => linkTo('decisions', queryOf(filteredBy(place, change)));
  return (
    <>
      <td data-label="Requester">
        <a className="list-a list-name" href={only({ requester: id })} title="Only this requester">
          {name}
        </a>
        <span className="list-id">{id}</span>
      </td>
      <td data-label="Entitlement">
        <a
          className="list-a list-name"
          href={only({ entitlement: of.entitlement })}
          title="Only this entitlement"
        >
          {of.entitlement}
        </a>
      </td>
    </>
  );
}

function Policies({ of, marked }: { readonly of: Recorded; readonly marked: string | null }) {
  const { policies } = of.decision;
  if (policies.length === 0) return <span className="list-id">no policy permits it</span>;
  return policies.map((policy) => (
    <span key={policy} className="decision-policy list-mono">
      {policy === marked ? <mark>{policy}</mark> : policy}
    </span>
  ));
}

function Facts({ of: { decision, inputs } }: { readonly of: Recorded }) {
  const facts = [
    ...decision.advice.map((value) => ({ name: 'advice', value })),
    ...factsOf(inputs),
    { name: 'bundle', value: decision.bundle },
  ];
  return (
    <dl className="facts">
      {facts.map(({ name, value }, index) => (
        <div key={`${index} ${name}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
