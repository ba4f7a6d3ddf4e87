import { type AuditEvent, EVENT_TIMES, type PrincipalEvent } from '../audit.ts';
import { canonicalJson } from '../canonical-json.ts';
import { formatInstant } from '../instant.ts';
import type { LedgerPlace } from './attest.ts';

/** Fields of events that have a place in the schema, or that `inputs` stands for. */
const MAPPED: readonly string[] = [
  ...['id', 'at', 'actor', 'sourceIp', 'grantId', 'entitlement', 'principalId'],
  ...['session', 'role', 'reason', 'comment', 'call', 'problem', 'inputs'],
];

const TIMES: readonly string[] = EVENT_TIMES;

/** What the schema has no place for, in canonical order, so that equal events give equal bytes. */
export function unmapped(event: AuditEvent | PrincipalEvent, ledger: LedgerPlace | null): unknown {
  const rest = Object.entries(event)
    .filter(([name]) => !MAPPED.includes(name))
    .map(([name, value]) => [
      name,
      TIMES.includes(name) && value !== null ? formatInstant(value) : value,
    ]);
  return JSON.parse(
    canonicalJson({
      ...Object.fromEntries(rest),
      ...('inputs' in event && { request: requestOf(event) }),
      ...(ledger !== null && { ledger }),
    }),
  );
}

/** What was asked for. What else the policies saw of the principal, its groups and tags, stays in the trail. */
function requestOf({ inputs }: Extract<AuditEvent, { readonly inputs: unknown }>) {
  const { justification, ticket, durationSeconds, startsInSeconds, parameters } = inputs.facts;
  return { justification, ticket, durationSeconds, startsInSeconds, parameters };
}
