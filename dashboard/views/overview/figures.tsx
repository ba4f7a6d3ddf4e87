import type { Stats } from '../../api/types.ts';
import { linkTo } from '../../place.ts';
import { Bars } from './bars.tsx';
import { Card, Quiet } from './card.tsx';
import { inShort } from './scale.ts';

/** How long revocations and approvals took. */
export function Speeds({ stats }: { readonly stats: Stats }) {
  return (
    <>
      <Card title="Time to revoke" note="From the order until the kill switch was read back.">
        <Speed
          of={stats.timeToRevokeMs}
          unit={1}
          href={linkTo('grants', { status: 'revoked' })}
          none="Nothing was revoked in these days."
        />
      </Card>
      <Card title="Time to approve" note="From the request until the last vote that it needed.">
        <Speed
          of={stats.timeToApproveSeconds}
          unit={1000}
          href={linkTo('decisions')}
          none="Nothing was approved in these days."
        />
      </Card>
    </>
  );
}

type SpeedProps = {
  readonly of: Stats['timeToRevokeMs'];
  /** How many milliseconds one is. */
  readonly unit: 1 | 1000;
  readonly href: string;
  readonly none: string;
};

/** The broker measures in whole milliseconds, or in whole seconds. */
const NONE = { 1: 'under 1 ms', 1000: 'under 1 s' } as const;

function Speed({ of: { count, p50, p95, max }, unit, href, none }: SpeedProps) {
  if (count === 0) return <Quiet>{none}</Quiet>;
  const bars = [
    ['Half within', p50],
    ['95 % within', p95],
    ['The longest', max],
  ] as const;
  return (
    <>
      <Bars
        label="Times"
        bars={bars.map(([name, value]) => ({
          name,
          value: value ?? 0,
          text: value === null ? '–' : value === 0 ? NONE[unit] : inShort(value * unit),
        }))}
      />
      <p className="overview-note">
        <a className="overview-a" href={href}>
          {count.toLocaleString()} measured
        </a>
      </p>
    </>
  );
}

export function Denials({ of }: { readonly of: Stats['denialsByPolicy'] }) {
  if (of.length === 0) return <Quiet>No policy denied anything in these days.</Quiet>;
  return (
    <Bars
      label="Denials by policy"
      bars={of.slice(0, 10).map(({ policy, count }) => ({
        name: policy,
        value: count,
        href: linkTo('decisions', { status: 'denied', policy }),
      }))}
    />
  );
}

export function UsedEntitlements({ of }: { readonly of: Stats['entitlements'] }) {
  if (of.length === 0) return <Quiet>Nobody requested anything in these days.</Quiet>;
  const bars = of.map(({ id, allow, approve, deny, vends }) => ({
    ...{ name: id, value: allow + approve + deny },
    href: linkTo('grants', { entitlement: id }),
    more: `${vends.toLocaleString()} vended, ${deny.toLocaleString()} denied`,
  }));
  return (
    <Bars
      label="Requests by entitlement"
      bars={bars.toSorted((a, b) => b.value - a.value).slice(0, 10)}
    />
  );
}
