import { randomBytes } from 'node:crypto';
import { type AuditEvent, brokerItself, eventOf, requested, vended } from '../../core/audit.ts';
import type { Question } from '../../core/decision.ts';
import type { Entitlement } from '../../core/entitlement.ts';
import type { Grant, PendingExtension } from '../../core/grant.ts';
import { newGrantId } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { planSession } from '../../core/session.ts';

/**
 * Valid grants and audit events: `activeGrant` with an id of its own every time, `grantOf` a
 * principal with a fixed one, and `requestedEvent`, `vendedEvent`, `expiredEvent` of a grant.
 */

export const NOW = Date.parse('2026-11-23T10:00:00.123Z');
export const ROLE = 'arn:aws:iam::000000000000:role/valetkey/contract';

export const NO_APPROVALS: Grant['approvals'] = {
  required: 0,
  refusals: 0,
  votes: [],
  remindAt: null,
  escalateAt: null,
  lapseAt: null,
  escalated: false,
};

/** It waits for the vote of one approver. */
export const EXTENSION: PendingExtension = {
  durationSeconds: 1800,
  justification: 'longer',
  requestedAt: NOW,
  latestEnd: NOW + 3_600_000,
  approvals: { ...NO_APPROVALS, required: 1, refusals: 1, lapseAt: NOW + 900_000 },
  decision: { outcome: 'approve', policies: ['p'], advice: [], bundle: 'sha256:1' },
  inputs: {
    principal: {
      ...{ type: 'User', id: 'people:ana', issuer: 'people', name: 'ana' },
      ...{ groups: [], tags: { team: 'x' } },
    },
    facts: {
      now: NOW,
      durationSeconds: 1800,
      startsInSeconds: 0,
      sourceIp: '127.0.0.1',
      mfa: false,
      mfaAgeSeconds: null,
      ticket: null,
      justification: 'longer',
      scoped: false,
      parameters: {},
      history: null,
    },
  },
};

const REQUESTED_WITH: Grant['requestedWith'] = {
  startsInSeconds: 0,
  mfaAgeSeconds: null,
  history: null,
};

export function activeGrant(changes: Partial<Grant> = {}): Grant {
  const id = newGrantId(randomBytes, NOW);
  return {
    id,
    status: 'active',
    version: 1,
    requester: { type: 'User', id: `people:${id}`, name: 'ana@acme.example' },
    marks: [`people:${id}`],
    principalKey: 'ana-0000000000000000',
    entitlement: 'artifacts-read',
    definition: 'sha256:0',
    targetRole: ROLE,
    chainedRoles: [],
    breakGlass: false,
    parameters: { prefix: 'releases/1' },
    scope: null,
    justification: 'a contract',
    ticket: null,
    job: null,
    sourceIp: '127.0.0.1',
    durationSeconds: 900,
    sessionDurationSeconds: 3600,
    requestedWith: REQUESTED_WITH,
    createdAt: NOW,
    startsAt: NOW,
    expiresAt: Date.parse('2026-11-23T10:15:00Z'),
    endedAt: null,
    endReason: null,
    keysValidUntil: null,
    kill: null,
    approvals: NO_APPROVALS,
    extension: null,
    review: null,
    decision: { outcome: 'allow', policies: ['p'], advice: [], bundle: 'sha256:1' },
    ...changes,
  };
}

/** An active grant of the entitlement `read` in the small bundle of `bundles.ts`. */
export function grantOf(principal: Principal, changes: Partial<Grant> = {}): Grant {
  return {
    id: `gr_${'0'.repeat(20)}`,
    status: 'active',
    version: 1,
    requester: { type: principal.type, id: principal.id, name: principal.name },
    marks: [principal.id],
    principalKey: 'ana-0123456789abcdef',
    entitlement: 'read',
    definition: 'sha256:read',
    targetRole: 'arn:aws:iam::111122223333:role/read',
    chainedRoles: [],
    breakGlass: false,
    parameters: { prefix: 'a' },
    scope: null,
    justification: 'a test',
    ticket: null,
    job: null,
    sourceIp: '10.1.2.3',
    durationSeconds: 1800,
    sessionDurationSeconds: 3600,
    requestedWith: REQUESTED_WITH,
    createdAt: 0,
    startsAt: 0,
    expiresAt: 1_800_000,
    endedAt: null,
    endReason: null,
    keysValidUntil: null,
    kill: null,
    approvals: NO_APPROVALS,
    extension: null,
    review: null,
    decision: { outcome: 'allow', policies: [], advice: [], bundle: 'sha256:b' },
    ...changes,
  };
}

const byRequester = ({ requester }: Grant) => ({
  actor: requester,
  requestId: 'r-1',
  sourceIp: '127.0.0.1',
});

export function requestedEvent(grant: Grant): AuditEvent {
  const entitlement = { id: grant.entitlement } as Entitlement;
  const question: Question = {
    caller: {
      principal: { ...grant.requester, issuer: 'people', groups: ['people:platform'], tags: {} },
    },
    entitlement,
    account: '000000000000',
    facts: {
      now: NOW,
      durationSeconds: 900,
      startsInSeconds: 0,
      sourceIp: '127.0.0.1',
      mfa: false,
      mfaAgeSeconds: null,
      ticket: null,
      justification: 'a contract',
      scoped: false,
      parameters: grant.parameters,
      history: null,
    },
  };
  return eventOf(grant, requested(grant, question), byRequester(grant), NOW, randomBytes);
}

export function vendedEvent(grant: Grant): AuditEvent {
  const session = planSession({
    roleArn: ROLE,
    principalKey: grant.principalKey,
    grantId: grant.id,
    policy: '{}',
    now: NOW,
    expiresAt: grant.expiresAt ?? NOW,
    sessionDurationSeconds: grant.sessionDurationSeconds,
    random: randomBytes,
  });
  return eventOf(grant, vended(session), byRequester(grant), NOW, randomBytes);
}

export function expiredEvent(grant: Grant): AuditEvent {
  return eventOf(grant, { type: 'expired' }, brokerItself('r-1'), NOW + 900_000, randomBytes);
}
