import { detailTypeOf } from '../api/event-detail.ts';
import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { Requester } from '../grant.ts';
import { formatInstant } from '../instant.ts';
import { attest, type LedgerPlace } from './attest.ts';
import { bodyOf, type Fields } from './body.ts';
import { type ClassName, classification, type OcsfVersion } from './classes.ts';
import { MAPPINGS } from './mapping.ts';
import { actorObject, cloudObject, PRODUCT } from './objects.ts';
import { statusFields } from './outcome.ts';
import { severityOf } from './severity.ts';
import { eventOfLine, type GrantLine, type PrincipalLine } from './trail-event.ts';
import { unmapped } from './unmapped.ts';

export type OcsfOptions = {
  readonly version: OcsfVersion;
  /** Null for an event that is not in the ledger, or whose place is not known. */
  readonly ledger: LedgerPlace | null;
};

/** Whose grant it is: most events of a grant do not say. Of somebody who is not known, it is an id that says so. */
export type OfGrant = { readonly requester: Requester | { readonly id: string } };

/**
 * An event as the Open Cybersecurity Schema Framework has it: plain JSON, the same for the same event. What the
 * schema has no place for is in `unmapped`, under its own name.
 *
 * @see https://schema.ocsf.io/
 * @throws RangeError where a time of the event is none.
 */
export function toOcsf(line: PrincipalLine, options: OcsfOptions): object;
export function toOcsf(line: GrantLine, options: OcsfOptions & OfGrant): object;
export function toOcsf(
  line: GrantLine | PrincipalLine,
  options: OcsfOptions & Partial<OfGrant>,
): object {
  const event = eventOfLine(line);
  const { version, ledger } = options;
  const row = MAPPINGS[version][event.type];
  const [name, , outcome] = row;
  const attested = ledger !== null && version === '1.9.0';
  const fields: Fields = {
    metadata: metadataOf(event, options, attested),
    time: event.at,
    ...classification(row),
    ...severityOf(event),
    ...statusFields(event, outcome),
    message: messageOf(event),
    ...originOf(name, event, version),
    ...bodyOf(name, { event, subject: subjectOf(event, options.requester), version }),
    cloud: cloudObject(roleOf(event)),
    unmapped: unmapped(event, ledger),
  };
  return attested ? attest(fields, ledger) : fields;
}

function metadataOf(
  event: AuditEvent | PrincipalEvent,
  { version, ledger }: OcsfOptions,
  attested: boolean,
): Fields {
  return {
    version,
    product: PRODUCT,
    profiles: ['cloud', ...(attested ? ['record_integrity'] : [])],
    uid: event.id,
    // Versions before 1.7 know one id only.
    ...(version !== '1.5.0' && { original_event_uid: event.id }),
    ...('grantId' in event && { correlation_uid: event.grantId }),
    event_code: detailTypeOf(event),
    original_time: formatInstant(event.at),
    ...(ledger !== null && { log_name: ledger.origin, sequence: ledger.index }),
  };
}

/** Who did it, and from where. Findings have no place for them. */
function originOf(
  name: ClassName,
  event: AuditEvent | PrincipalEvent,
  version: OcsfVersion,
): Fields {
  if (name.endsWith('_finding')) return {};
  const mfa = 'inputs' in event ? event.inputs.facts.mfa : null;
  const from = event.sourceIp === null ? {} : { src_endpoint: { ip: event.sourceIp } };
  return { actor: actorObject(event.actor, version, mfa), ...from };
}

function messageOf(event: AuditEvent | PrincipalEvent): string {
  if ('grantId' in event) return `${event.type}: grant ${event.grantId} of ${event.entitlement}`;
  if (event.type === 'bundle-deployed') return `${event.type}: ${event.bundle}`;
  if ('reviewId' in event) return `${event.type}: ${event.reviewId}`;
  return `${event.type}: ${event.principalId}`;
}

function subjectOf(
  event: AuditEvent | PrincipalEvent,
  requester: OfGrant['requester'] | undefined,
): Requester | { readonly id: string } {
  if (!('principalId' in event)) {
    if (requester !== undefined) return requester;
    throw new Error(`Event ${event.id}: whose grant ${event.grantId} is was not given.`);
  }
  const { actor, principalId } = event;
  return typeof actor !== 'string' && actor.id === principalId ? actor : { id: principalId };
}

function roleOf(event: AuditEvent | PrincipalEvent): string | null {
  if ('session' in event) return event.session.roleArn;
  return 'role' in event ? event.role : null;
}
