import { randomBytes } from 'node:crypto';
import { type AuditEvent, brokerItself, eventOf, type Happening } from '../../../core/audit.ts';
import type { Outcome } from '../../../core/decision.ts';
import type { Grant, GrantStatus } from '../../../core/grant.ts';
import { activeGrant, NOW, requestedEvent } from '../../support/sample-grants.ts';

/** Lives of grants: the events, each with the grant as it leaves it. */
export type Step = { readonly grant: Grant; readonly event: AuditEvent };

type Change = readonly [Happening, GrantStatus];

const STATUS: Readonly<Record<Outcome, GrantStatus>> = {
  allow: 'active',
  approve: 'pending',
  deny: 'denied',
};

/** A request, and what became of it, a second after another. */
export function lifeOf(
  outcome: Outcome,
  changes: readonly Change[],
  more: Partial<Grant> = {},
): readonly Step[] {
  const decision = { outcome, policies: ['why'], advice: [], bundle: 'sha256:1' };
  let grant = activeGrant({ status: STATUS[outcome], decision, ...more });
  const steps: Step[] = [{ grant, event: requestedEvent(grant) }];
  for (const [index, [happening, status]] of changes.entries()) {
    grant = { ...grant, status, version: grant.version + 1 };
    const at = NOW + (index + 1) * 1000;
    const event = eventOf(grant, happening, brokerItself('r'), at, randomBytes);
    steps.push({ grant, event });
  }
  return steps;
}

const vendSession = { name: 's', roleArn: 'r' } as unknown as Extract<
  Happening,
  { readonly type: 'vended' }
>['session'];
export const VENDED: Change = [{ type: 'vended', session: vendSession }, 'active'];
export const APPROVED: Change = [
  {
    type: 'approved',
    decision: { outcome: 'approve', policies: [], advice: [], bundle: 'sha256:1' },
  },
  'active',
];
export const REVOKING: Change = [{ type: 'revoking', reason: '' }, 'revoking'];
export const REVOKED: Change = [{ type: 'revoked', reason: '', killSeconds: 1 }, 'revoked'];
export const EXPIRED: Change = [{ type: 'expired' }, 'expired'];
export const LAPSED: Change = [{ type: 'lapsed' }, 'lapsed'];

export const LIVES: readonly (() => readonly Step[])[] = [
  () => lifeOf('allow', [VENDED, VENDED, EXPIRED]),
  () => lifeOf('allow', [VENDED, VENDED, VENDED, VENDED]),
  () => lifeOf('allow', [VENDED, REVOKING, REVOKED]),
  () => lifeOf('approve', [APPROVED, VENDED, REVOKING]),
  () => lifeOf('approve', [APPROVED, EXPIRED]),
  () => lifeOf('approve', [LAPSED]),
  () => lifeOf('approve', []),
  () => lifeOf('deny', []),
  () => lifeOf('allow', [VENDED, VENDED, VENDED, EXPIRED], { breakGlass: true }),
];
