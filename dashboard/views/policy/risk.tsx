import Badge, { type BadgeProps } from '@cloudscape-design/components/badge';
import type { Risk } from '../../../core/entitlement.ts';

const COLOURS: Readonly<Record<Risk, NonNullable<BadgeProps['color']>>> = {
  low: 'severity-low',
  medium: 'severity-medium',
  high: 'severity-high',
  critical: 'severity-critical',
};

export function RiskBadge({ of }: { readonly of: Risk }) {
  return <Badge color={COLOURS[of]}>{`${of} risk`}</Badge>;
}
