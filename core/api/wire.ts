import {
  type AuditEvent,
  type DecisionInputs,
  EVENT_TIMES,
  type PrincipalEvent,
} from '../audit.ts';
import type { Assessment } from '../deciding/assess-request.ts';
import type { Outcome } from '../decision.ts';
import type { Entitlement, ParameterSpec } from '../entitlement.ts';
import type { Approvals, Grant, PendingExtension, Review, Vote } from '../grant.ts';
import type { PrincipalState } from '../grants/give-order.ts';
import type { RecordedDecision } from '../grants/list-decisions.ts';
import type { GrantDetails } from '../grants/read-grants.ts';
import { formatInstant, type Instant } from '../instant.ts';
import type { Issuer } from '../issuer.ts';
import type { BrokerAction, Credentials, Suspended } from '../ports.ts';
import { type Caller, principalKey } from '../principal.ts';
import type { Suspension } from '../principal-order.ts';
import { encodeCursor } from './cursor.ts';

/** The core's values as the HTTP API shows them: times in RFC 3339, without internals. */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

export function grantJson(grant: Grant): JsonObject {
  return {
    id: grant.id,
    status: grant.status,
    version: grant.version,
    requester: { ...grant.requester },
    entitlement: grant.entitlement,
    parameters: grant.parameters,
    scope: grant.scope,
    justification: grant.justification,
    ticket: grant.ticket,
    durationSeconds: grant.durationSeconds,
    createdAt: formatInstant(grant.createdAt),
    startsAt: timeJson(grant.startsAt),
    expiresAt: timeJson(grant.expiresAt),
    endedAt: timeJson(grant.endedAt),
    endReason: grant.endReason,
    keysValidUntil: timeJson(grant.keysValidUntil),
    approvals: approvalsJson(grant.approvals),
    extension: extensionJson(grant.extension),
    review: reviewJson(grant.review),
    decision: { ...grant.decision },
  };
}

/** The answer to a request or an extension: for its requester alone, with the match code of what waits for votes. */
export function askedGrantJson(grant: Grant, matchCode: string | null): JsonObject {
  return { ...grantJson(grant), ...(matchCode !== null && { matchCode }) };
}

function approvalsJson(approvals: Approvals): JsonObject {
  const { required, votes, escalated, lapseAt, matchCode } = approvals;
  return {
    ...{ required, votes: votes.map(voteJson), escalated, lapsesAt: timeJson(lapseAt) },
    ...(matchCode !== undefined && { matchCode: { triesLeft: matchCode.triesLeft } }),
  };
}

function extensionJson(extension: PendingExtension | null): JsonObject | null {
  if (extension === null) return null;
  const { durationSeconds, justification, requestedAt, approvals, decision } = extension;
  return {
    durationSeconds,
    justification,
    requestedAt: formatInstant(requestedAt),
    approvals: approvalsJson(approvals),
    decision: { ...decision },
  };
}

function voteJson({ approver, vote, comment, at }: Vote): JsonObject {
  return { approver: { ...approver }, vote, comment, at: formatInstant(at) };
}

function reviewJson(review: Review | null): JsonObject | null {
  if (review === null) return null;
  const { status, dueAt, reviewer, comment, at } = review;
  const by = reviewer === null ? null : { ...reviewer };
  return { status, dueAt: formatInstant(dueAt), reviewer: by, comment, at: timeJson(at) };
}

/** What approvers see in addition to the grant. */
export function detailsJson({ title, risk, sessionPolicy, history }: GrantDetails): JsonObject {
  const policy = sessionPolicy === null ? null : (JSON.parse(sessionPolicy) as Json);
  return { title, risk, sessionPolicy: policy, history: { ...history } };
}

/** A principal, and the grants that an order ended. */
export function principalJson(state: PrincipalState, known: boolean): JsonObject {
  const { id, suspension, ended, finished, grants, next } = state;
  return {
    principal: { id, suspended: suspension && suspensionJson(suspension) },
    known,
    ended,
    finished,
    grants: grants.map(grantJson),
    nextCursor: next && encodeCursor(next),
  };
}

/** One line of the list of suspended principals. */
export function suspendedJson({ principal, ...suspension }: Suspended): JsonObject {
  return { principal, ...suspensionJson(suspension) };
}

function suspensionJson({ at, by, reason }: Suspension): JsonObject {
  return { at: formatInstant(at), by, reason };
}

/** The only place that writes credentials out. */
export function credentialsJson(credentials: Credentials): JsonObject {
  return {
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
    expiration: formatInstant(credentials.expiration),
  };
}

const TIMES: readonly string[] = EVENT_TIMES;

export function eventJson(event: AuditEvent | PrincipalEvent): JsonObject {
  const times = Object.entries(event).filter(([name]) => TIMES.includes(name));
  return {
    ...(event as unknown as JsonObject),
    ...Object.fromEntries(times.map(([name, at]) => [name, timeJson(at as Instant | null)])),
    ...('inputs' in event && { inputs: inputsJson(event.inputs) }),
  };
}

/** One line of an export, which `valetkey policy replay` puts to another bundle. */
export function decisionJson({ grant, event }: RecordedDecision): JsonObject {
  return {
    grantId: grant.id,
    at: formatInstant(event.at),
    entitlement: grant.entitlement,
    scope: grant.scope,
    decision: { ...event.decision },
    inputs: inputsJson(event.inputs),
  };
}

function inputsJson({ principal, facts }: DecisionInputs): JsonObject {
  const inputs = { principal, facts: { ...facts, now: formatInstant(facts.now) } };
  return inputs as unknown as JsonObject;
}

export function callerJson(
  { principal, authentication, claims }: Caller,
  missing: readonly string[],
  may: readonly BrokerAction[],
): JsonObject {
  return {
    type: principal.type,
    id: principal.id,
    issuer: principal.issuer,
    name: principal.name,
    key: principalKey(principal),
    groups: principal.groups,
    tags: principal.tags,
    mfa: authentication.mfa,
    signedInAt: timeJson(authentication.signedInAt),
    claims: claims as JsonObject,
    may,
    missingClaims: missing,
  };
}

/** The result of a dry run, with the very policy that STS would receive. */
export function assessmentJson({ decision, sessionPolicy, expiresAt }: Assessment): JsonObject {
  const granted = decision.outcome !== 'deny';
  return {
    decision: { ...decision },
    sessionPolicy: granted ? (JSON.parse(sessionPolicy) as Json) : null,
    expiresAt: granted ? formatInstant(expiresAt) : null,
  };
}

export function entitlementJson(entitlement: Entitlement, outcome: Outcome): JsonObject {
  return {
    id: entitlement.id,
    title: entitlement.title,
    description: entitlement.description ?? null,
    risk: entitlement.risk,
    labels: entitlement.labels,
    maxDurationSeconds: entitlement.maxDurationSeconds,
    justification: entitlement.justification,
    network: entitlement.network,
    breakGlass: entitlement.breakGlass,
    parameters: parametersSchema(entitlement.parameters),
    outcome,
  };
}

/** The log that auditors verify. Without witnesses, it says nothing of them. */
export type DiscoveredLedger = {
  readonly origin: string;
  readonly vkey: string;
  readonly witnesses: readonly string[];
};

/** The issuer that people sign in with. */
export function loginIssuer(issuers: readonly Issuer[]): Issuer | undefined {
  return issuers.find(({ type, clientId }) => type === 'User' && clientId !== undefined);
}

/** What the command needs to sign in, so that its users need only the broker's URL. */
export function discoveryJson(
  issuers: readonly Issuer[],
  urlOf: (issuer: Issuer) => string,
  { origin, vkey, witnesses }: DiscoveredLedger,
): JsonObject {
  const login = loginIssuer(issuers);
  const people = issuers.find(({ type }) => type === 'User');
  const sessions = issuers.filter(isAws);
  return {
    apiVersion: 'v1',
    issuer: login === undefined ? null : urlOf(login),
    clientId: login?.clientId ?? null,
    scope: login?.scope ?? null,
    // Without a client, people sign in with their AWS session, for the audience of their own issuer.
    audience: (login ?? people ?? issuers[0])?.audience[0] ?? null,
    awsAudience: (sessions.find(({ type }) => type === 'User') ?? sessions[0])?.audience[0] ?? null,
    openapi: '/v1/openapi.json',
    ledger: { origin, vkey, ...(witnesses.length > 0 && { witnesses }) },
  };
}

/**
 * Whether STS signs the issuer's tokens (outbound identity federation).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
function isAws({ url }: Issuer): boolean {
  return URL.canParse(url) && new URL(url).hostname.endsWith('.tokens.sts.global.api.aws');
}

/** The parameters as JSON Schema (2020-12), for forms and for checks before sending. */
function parametersSchema(parameters: Readonly<Record<string, ParameterSpec>>): JsonObject {
  const properties = Object.entries(parameters).map(([name, spec]) => [
    name,
    spec.boolean
      ? { type: 'boolean', description: spec.description }
      : {
          type: 'string',
          description: spec.description,
          ...(spec.values
            ? { enum: spec.values }
            : { pattern: `^(?:${spec.pattern})$`, maxLength: spec.maxLength }),
        },
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: Object.keys(parameters),
    additionalProperties: false,
  };
}

function timeJson(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
