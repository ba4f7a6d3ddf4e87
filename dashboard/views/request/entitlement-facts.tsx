import Badge, { type BadgeProps } from '@cloudscape-design/components/badge';
import type { Entitlement } from '../../api/types.ts';
import { capital } from '../../parts/status.tsx';
import { inDuration } from '../../parts/time.tsx';

const COLOURS: Readonly<Record<Entitlement['risk'], NonNullable<BadgeProps['color']>>> = {
  low: 'grey',
  medium: 'blue',
  high: 'severity-high',
  critical: 'severity-critical',
};

/** What the chosen entitlement is. */
export function EntitlementFacts({ of }: { readonly of: Entitlement }) {
  const { title, description, risk, maxDurationSeconds, network, breakGlass } = of;
  return (
    <div className="request-facts">
      <p className="request-facts-title">
        <strong>{title}</strong>
        <Badge color={COLOURS[risk]}>{capital(risk)} risk</Badge>
      </p>
      {description === null ? null : <p>{description}</p>}
      <ul>
        <li>At most {inDuration(maxDurationSeconds)}</li>
        {network === 'bind' ? <li>Works only from the network address that you ask from</li> : null}
        {breakGlass ? (
          <li>Break-glass: approvers and security are told at once, and a review follows</li>
        ) : null}
      </ul>
    </div>
  );
}
