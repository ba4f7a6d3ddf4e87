import * as z from 'zod/mini';
import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import { GRANT_ID } from '../ids.ts';
import type {
  GrantLine as TrailGrantLine,
  PrincipalLine as TrailPrincipalLine,
} from '../ocsf/trail-event.ts';
import { err, ok, type Result } from '../result.ts';
import { REVIEW_FIELDS } from './review-line.ts';

/** Reads an entry of the ledger as the line of a trail: what evidence needs of it, checked. */

export type LineFault =
  /** It has only the hash of what happened. */
  | { readonly code: 'digest'; readonly event: string }
  | { readonly code: 'unknown'; readonly what: string }
  | { readonly code: 'malformed'; readonly reason: string };

const time = z.iso.datetime();
const text = z.string();
const requester = z.object({ type: text, id: text, name: text });
const decision = z.object({
  outcome: text,
  policies: z.array(text),
  advice: z.array(text),
  bundle: text,
});
const scope = z.object({
  actions: z.optional(z.array(text)),
  resources: z.optional(z.array(text)),
});
const session = z.object({
  roleArn: text,
  sessionName: text,
  sourceIdentity: text,
  durationSeconds: z.number(),
});
const facts = z.object({
  durationSeconds: z.number(),
  startsInSeconds: z.number(),
  mfa: z.boolean(),
  mfaAgeSeconds: z.nullable(z.number()),
  ticket: z.nullable(text),
  justification: text,
  parameters: z.record(text, z.unknown()),
});
/** With what policies saw of it. */
const identity = z.object({
  ...requester.shape,
  issuer: text,
  groups: z.array(text),
  tags: z.record(text, text),
});
const inputs = z.object({ principal: identity, facts });
const reason = { reason: text };
const comment = { comment: z.nullable(text) };

const COMMON = {
  id: text,
  at: time,
  actor: z.union([z.literal('broker'), requester]),
  sourceIp: z.nullable(text),
};
const OF_GRANT = {
  ...COMMON,
  grantId: z.string().check(z.regex(GRANT_ID)),
  entitlement: text,
  status: text,
  grantVersion: z.optional(z.number()),
};
const OF_PRINCIPAL = { ...COMMON, principalId: text, reason: text };

const GRANT_FIELDS = {
  requested: {
    ...{ breakGlass: z.boolean(), decision, inputs },
    scope: z.optional(z.nullable(scope)),
    startsAt: z.optional(z.nullable(time)),
    token: z.optional(text),
  },
  vended: { session, token: z.optional(text) },
  'vend-failed': { session, ...reason },
  voted: { vote: text, warning: z.optional(text), ...comment },
  'vote-withdrawn': comment,
  'vote-voided': { approver: requester, ...reason },
  approved: { decision, startsAt: z.optional(time), expiresAt: z.optional(time) },
  denied: reason,
  reminded: {},
  escalated: {},
  lapsed: {},
  started: {},
  expired: {},
  extended: { expiresAt: time, decision, inputs },
  'extension-denied': { decision, inputs },
  'extension-requested': { decision, inputs },
  'extension-refused': reason,
  cancelled: reason,
  revoking: reason,
  killing: reason,
  revoked: { killSeconds: z.nullable(z.number()), ...reason },
  outlived: reason,
  'kill-failed': { role: text, ...reason },
  reviewed: comment,
  'review-reminded': { dueAt: time },
  'usage-read': {
    ...{ calls: z.number(), refused: z.number(), used: z.number(), granted: z.number() },
    ...{ unknown: z.number(), afterEnd: z.number(), readFrom: time, readUntil: time },
  },
} satisfies Readonly<Record<AuditEvent['type'], object>>;

const PRINCIPAL_FIELDS = {
  'principal-suspended': {},
  'principal-resumed': {},
  'principal-revoked': {},
  'principal-refused': { call: text, problem: text },
  'bundle-deployed': { bundle: text, file: text, changes: z.array(text) },
  'evidence-exported': { from: time, until: time, size: z.number(), root: text, manifest: text },
  'signal-raised': {
    ...{ kind: text, principal: requester, count: z.number() },
    ...{ role: z.optional(text), percent: z.optional(z.number()) },
  },
  'quarantine-begun': { cause: text },
  'quarantine-release-asked': {},
  'quarantine-ended': {},
  'broker-recovered': {
    ...{ restoredTo: time, ledger: z.boolean(), madeAgain: z.number(), changed: z.number() },
    ...{ ended: z.number(), suspended: z.number(), resumed: z.number(), lookAt: z.number() },
  },
  ...REVIEW_FIELDS,
} satisfies Readonly<Record<PrincipalEvent['type'], object>>;

type Shape = Readonly<Record<string, z.ZodMiniType>>;
type Read<S> = { readonly [K in keyof S]: S[K] extends z.ZodMiniType<infer T> ? T : never };
type Lines<Common, Fields> = {
  [T in keyof Fields]: Read<Common> & Read<Fields[T]> & { readonly type: T };
}[keyof Fields];

export type GrantLine = Lines<typeof OF_GRANT, typeof GRANT_FIELDS>;
export type PrincipalLine = Lines<typeof OF_PRINCIPAL, typeof PRINCIPAL_FIELDS>;
export type LedgerLine = GrantLine | PrincipalLine;
export type Requester = z.infer<typeof requester>;

const SCHEMAS = new Map<unknown, z.ZodMiniType>([
  ...schemasOf(OF_GRANT, GRANT_FIELDS),
  ...schemasOf(OF_PRINCIPAL, PRINCIPAL_FIELDS),
]);

function schemasOf(
  common: Shape,
  fields: Readonly<Record<string, Shape>>,
): [string, z.ZodMiniType][] {
  return Object.entries(fields).map(([type, own]) => [
    type,
    z.object({ type: z.literal(type), ...common, ...own }),
  ]);
}

export function isOfGrant(line: LedgerLine): line is GrantLine {
  return 'grantId' in line;
}

/** A line, and the whole event that it has what evidence needs of. */
export type ReadLine = {
  readonly line: LedgerLine;
  readonly event: TrailGrantLine | TrailPrincipalLine;
};

/** What this version does not know is a fault, because it may change what all the rest means. */
export function readLine(entry: Uint8Array): Result<ReadLine, LineFault> {
  const line = parsed(entry);
  if (line === null) return err({ code: 'malformed', reason: 'it is no JSON object' });
  if (line['v'] !== 1) return err({ code: 'unknown', what: `version ${String(line['v'])}` });
  const schema = SCHEMAS.get(line['type']);
  if (schema === undefined) return err({ code: 'unknown', what: `type ${String(line['type'])}` });
  if (typeof line['sha256'] === 'string') return err({ code: 'digest', event: String(line['id']) });
  const read = schema.safeParse(line);
  if (read.success) return ok({ line: read.data as LedgerLine, event: withoutVersion(line) });
  const path = read.error.issues[0]?.path.join('.') ?? '';
  return err({ code: 'malformed', reason: `its ${path} is not what it has to be` });
}

function withoutVersion({ v, ...event }: Readonly<Record<string, unknown>>): ReadLine['event'] {
  return event as unknown as ReadLine['event'];
}

function parsed(entry: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(entry).toString('utf8'));
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** The id of whoever acted; `broker` for what the broker did on its own. */
export function actorId(actor: GrantLine['actor']): string {
  return actor === 'broker' ? actor : actor.id;
}

/** For display alone: null for what the broker did on its own. */
export function actorName(actor: GrantLine['actor']): string | null {
  return actor === 'broker' ? null : actor.name;
}
