import { eventOf } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import { overdueReview } from '../deciding/fixed-rules.ts';
import { decide } from '../deciding/judge.ts';
import { recall } from '../deciding/past.ts';
import { isOwn } from '../deciding/who-may.ts';
import { question } from '../decision.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { extend } from '../lifecycle/active.ts';
import { jobOf } from '../lifecycle/new-grant.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type Act,
  actorOf,
  type ChangePorts,
  causeOf,
  changeGrant,
  forbidden,
  wrongState,
} from './change-grant.ts';

export type Extension = { readonly durationSeconds: number; readonly justification: string };

/**
 * A later end, decided by policy as a new request of that length would be. What would need a human
 * is refused: such a request is asked for anew.
 */
export function extendGrant(
  ports: ChangePorts,
  act: Act,
  { durationSeconds, justification }: Extension,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, act, async (grant) => {
    if (!isOwn(grant, act)) return forbidden(grant, 'Only its requester may extend a grant.');
    const entitlement = findEntitlement(ports.bundle, grant.entitlement);
    if (entitlement === null || entitlement.hash !== grant.definition) {
      return wrongState(grant, 'The entitlement was changed after this grant was made. Ask again.');
    }
    if (jobOf(act.caller.principal, entitlement) !== grant.job) {
      return forbidden(grant, OTHER_JOB);
    }
    const now = ports.clock();
    const extended = extend(grant, durationSeconds, entitlement.maxDurationSeconds, now);
    if (!extended.ok) {
      const { code, detail } = extended.error;
      if (code === 'wrong-state') return wrongState(grant, detail);
      return err({ code: 'invalid', errors: [{ pointer: '/durationSeconds', detail }] });
    }
    const past = await recall(ports, act.caller, grant.entitlement);
    if (!past.ok) return past;
    const { parameters, scope, ticket } = grant;
    const asked = question(act.caller, entitlement, ports.deployment, {
      ...{ now, durationSeconds, parameters, scope, ticket, justification },
      ...{ sourceIp: act.sourceIp, history: past.value.history, startsInSeconds: 0 },
    });
    const decided = decide(ports, asked, entitlement);
    if (!decided.ok) return decided;
    const decision = ok(overdueReview(decided.value, past.value.overdueReview));
    const recorded = {
      decision: decision.value,
      inputs: { principal: act.caller.principal, facts: asked.facts },
    };
    if (decision.value.outcome === 'allow') {
      const { expiresAt } = extended.value;
      const happening = {
        type: 'extended',
        expiresAt: expiresAt ?? now,
        justification,
        ...recorded,
      } as const;
      return ok({ grant: { ...extended.value, decision: decision.value }, happening });
    }
    const denied = eventOf(
      grant,
      actorOf(act),
      { type: 'extension-denied', ...recorded },
      causeOf(ports, act),
      ports.random,
    );
    const kept = await ports.store.appendEvent(denied);
    return kept.ok ? err({ code: 'denied', grant, decision: decision.value }) : kept;
  });
}

const OTHER_JOB =
  'The grant is tied to the job that asked for it, and this token is of another one.';
