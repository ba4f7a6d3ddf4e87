import type { AuditEvent, Happening, PrincipalEvent } from '../../../core/audit.ts';
import type { Decision } from '../../../core/decision.ts';
import type { GrantStatus } from '../../../core/grant.ts';
import { EXTENSION, NOW, ROLE } from '../sample-grants.ts';

/** One event of every type; the compiler sees to it that none is missing. */

export const ANA = { type: 'User', id: 'people:ana', name: 'ana@acme.example' } as const;
const BEN = { type: 'User', id: 'people:ben', name: 'ben@acme.example' } as const;
export const GRANT_ID = `gr_${'0'.repeat(20)}`;
const REVIEW_ID = `ar_${'0'.repeat(20)}`;

export const ALLOWED: Decision = {
  outcome: 'allow',
  policies: ['releases-are-routine'],
  advice: [],
  bundle: 'sha256:1',
};
export const DENIED: Decision = { ...ALLOWED, outcome: 'deny', policies: ['office-only'] };

const { inputs } = EXTENSION;
const session = {
  roleArn: ROLE,
  sessionName: 'vk_0',
  sourceIdentity: `ana-0000000000000000.${GRANT_ID}`,
  durationSeconds: 900,
};
const reason = 'for a reason';

type Sample<H> = H extends Happening
  ? { readonly status: GrantStatus; readonly actor?: AuditEvent['actor'] } & Omit<H, 'type'>
  : never;

const HAPPENINGS: { readonly [T in Happening['type']]: Sample<Happening & { type: T }> } = {
  requested: { status: 'active', breakGlass: false, decision: ALLOWED, inputs },
  vended: { status: 'active', session },
  'vend-failed': { status: 'active', session, reason },
  voted: { status: 'active', actor: BEN, vote: 'approve', comment: 'go ahead' },
  'vote-withdrawn': { status: 'pending', actor: BEN, comment: null },
  'vote-voided': { status: 'pending', approver: BEN, reason },
  approved: { status: 'scheduled', decision: { ...ALLOWED, outcome: 'approve' } },
  denied: { status: 'denied', reason },
  reminded: { status: 'pending', actor: 'broker' },
  escalated: { status: 'pending', actor: 'broker' },
  lapsed: { status: 'lapsed', actor: 'broker' },
  started: { status: 'active', actor: 'broker' },
  expired: { status: 'expired', actor: 'broker' },
  extended: {
    ...{ status: 'active', expiresAt: NOW + 900_000, justification: 'longer' },
    ...{ decision: ALLOWED, inputs },
  },
  'extension-denied': { status: 'active', decision: DENIED, inputs },
  'extension-requested': {
    ...{ status: 'active', durationSeconds: 900, justification: 'longer' },
    ...{ decision: { ...ALLOWED, outcome: 'approve', advice: ['Ask for less.'] }, inputs },
  },
  'extension-refused': { status: 'active', actor: BEN, reason },
  cancelled: { status: 'cancelled', reason },
  revoking: { status: 'revoking', reason },
  killing: { status: 'active', actor: 'broker', reason },
  revoked: { status: 'revoked', actor: 'broker', reason, killSeconds: 2 },
  outlived: { status: 'revoked', actor: 'broker', reason },
  'kill-failed': { status: 'revoking', actor: 'broker', role: ROLE, reason },
  reviewed: { status: 'expired', actor: BEN, comment: 'as it should be' },
  'review-reminded': { status: 'expired', actor: 'broker', dueAt: NOW + 900_000 },
  'usage-read': {
    ...{ status: 'expired', actor: 'broker', calls: 12, refused: 1, afterEnd: 0 },
    ...{ used: 3, granted: 10, unknown: 2, readFrom: NOW - 900_000, readUntil: NOW },
  },
};

const BY = { requestId: 'r-1', sourceIp: '192.0.2.7' };
/** The trace of every call; what the broker does by itself has none. */
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

export const GRANT_EVENTS = Object.entries(HAPPENINGS).map(
  ([type, happening]) =>
    ({
      ...{ id: `ev_${type}`, grantId: GRANT_ID, entitlement: 'artifacts-read', at: NOW },
      ...{ actor: ANA, ...BY, type, ...happening },
      ...(happening.actor === 'broker' ? { sourceIp: null } : { traceId: TRACE_ID }),
    }) as AuditEvent,
);

type More<T> = Omit<PrincipalEvent & { type: T }, 'id' | 'at' | 'type' | keyof typeof BY>;

const OF_PRINCIPALS: { readonly [T in PrincipalEvent['type']]: More<T> } = {
  'principal-suspended': { principalId: ANA.id, actor: BEN, reason },
  'principal-resumed': { principalId: ANA.id, actor: BEN, reason: '' },
  'principal-revoked': { principalId: ANA.id, actor: 'broker', reason },
  'principal-refused': {
    ...{ principalId: ANA.id, actor: ANA, reason: 'You may not vote on this grant.' },
    ...{ call: `POST /v1/grants/${GRANT_ID}/approve`, problem: 'forbidden' },
  },
  'bundle-deployed': {
    ...{ principalId: 'broker', actor: 'broker', reason: '' },
    ...{ bundle: 'sha256:1', file: 'bundle/sha256-1.json', changes: ['artifacts-read is new'] },
  },
  'signal-raised': {
    ...{ principalId: ANA.id, actor: 'broker', reason: '3 denials within an hour' },
    ...{ kind: 'many-denials', principal: ANA, count: 3 },
    story: [
      {
        ...{ at: '2026-11-23T10:00:00Z', what: 'artifacts-read {}', grant: GRANT_ID },
        ...{ from: '192.0.2.7', why: 'policy: releases-are-routine' },
      },
    ],
  },
  'quarantine-begun': { principalId: 'broker', actor: BEN, reason, cause: 'order' },
  'quarantine-release-asked': { principalId: 'broker', actor: BEN, reason },
  'quarantine-ended': { principalId: 'broker', actor: ANA, reason },
  'broker-recovered': {
    ...{ principalId: 'broker', actor: 'broker', reason: '', ledger: true },
    ...{ restoredTo: Date.parse('2026-11-23T09:00:00Z'), madeAgain: 3, changed: 12, ended: 1 },
    ...{ suspended: 1, resumed: 0, lookAt: 1 },
  },
  'evidence-exported': {
    ...{ principalId: BEN.id, actor: BEN, reason: '' },
    ...{ from: '2026-11-01T00:00:00Z', until: '2026-11-20T00:00:00Z', size: 12 },
    ...{ root: 'cm9vdA==', manifest: 'ab12' },
  },
  'access-review-started': {
    ...{ principalId: 'broker', actor: BEN, reason: '', reviewId: REVIEW_ID, step: 1 },
    ...{ from: '2026-07-01', to: '2026-09-30', entitlements: null, items: 2 },
    ...{ listHash: 'sha256:2', bundle: 'sha256:1', file: 'bundle/sha256-1.json' },
    checkpoint: { size: 9, root: 'AAAA' },
  },
  'access-review-decided': {
    ...{ principalId: 'broker', actor: BEN, reason: '', reviewId: REVIEW_ID, step: 2 },
    decisions: [
      {
        ...{ item: 1, entitlement: 'artifacts-read', principal: ANA.id },
        ...{ policies: ['releases-are-routine'], decision: 'keep', reason },
      },
    ],
  },
  'access-review-signed': {
    ...{ principalId: 'broker', actor: ANA, reason, reviewId: REVIEW_ID, step: 3 },
    ...{ listHash: 'sha256:2', keep: 1, remove: 1 },
  },
};

export const PRINCIPAL_EVENTS = Object.entries(OF_PRINCIPALS).map(
  ([type, more]) =>
    ({
      ...{ id: `ev_${type}`, at: NOW, ...BY, type, ...more },
      ...(more.actor !== 'broker' && { traceId: TRACE_ID }),
    }) as PrincipalEvent,
);

export function sampleOf<T extends AuditEvent['type']>(type: T): AuditEvent & { type: T } {
  return GRANT_EVENTS.find((event) => event.type === type) as AuditEvent & { type: T };
}

export function principalSampleOf<T extends PrincipalEvent['type']>(
  type: T,
): PrincipalEvent & { type: T } {
  return PRINCIPAL_EVENTS.find((event) => event.type === type) as PrincipalEvent & { type: T };
}
