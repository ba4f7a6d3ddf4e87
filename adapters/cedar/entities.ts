import type { CedarValueJson, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Question, RequestFacts } from '../../core/decision.ts';
import type { Entitlement } from '../../core/entitlement.ts';
import type { VoteQuestion } from '../../core/ports.ts';
import type { Principal } from '../../core/principal.ts';

/** The schema's things (`core/bundle/cedar-schema.ts`) as Cedar's JSON. */

const NAMESPACE = 'ValetKey';

export const BROKER: TypeAndId = uid('Broker', 'broker');
/** What the schema declares with `?`. */
const OPTIONAL = ['mfaAgeSeconds', 'ticket'];

const PARAMETERS: TypeAndId = uid('Parameters', 'request');

export function uid(type: string, id: string): TypeAndId {
  return { type: `${NAMESPACE}::${type}`, id };
}

export function principalUid(principal: Principal): TypeAndId {
  return uid(principal.type, principal.id);
}

export function principalEntity(principal: Principal): EntityJson {
  return {
    uid: principalUid(principal),
    attrs: { issuer: principal.issuer, name: principal.name },
    parents: principal.groups.map((group) => uid('Group', group)),
    tags: principal.tags,
  };
}

/** The entities of a request: the principal, the entitlement, and the parameters. */
export function requestEntities({
  caller,
  entitlement,
  account,
  facts,
}: Question): [EntityJson, ...EntityJson[]] {
  return [
    principalEntity(caller.principal),
    entitlementEntity(entitlement, account),
    { uid: PARAMETERS, attrs: {}, parents: [], tags: facts.parameters },
  ];
}

export function entitlementEntity(entitlement: Entitlement, account: string): EntityJson {
  return {
    uid: uid('Entitlement', entitlement.id),
    attrs: {
      risk: entitlement.risk,
      labels: [...entitlement.labels],
      account,
      breakGlass: entitlement.breakGlass,
    },
    parents: [],
  };
}

/** `context`: a fact that is not there is a missing attribute, never a made-up value. */
export function requestContext(facts: RequestFacts): Record<string, CedarValueJson> {
  return {
    durationSeconds: facts.durationSeconds,
    startsInSeconds: facts.startsInSeconds,
    now: { __extn: { fn: 'datetime', arg: new Date(facts.now).toISOString() } },
    sourceIp: { __extn: { fn: 'ip', arg: facts.sourceIp } },
    mfa: facts.mfa,
    ...(facts.mfaAgeSeconds !== null && { mfaAgeSeconds: facts.mfaAgeSeconds }),
    ...(facts.ticket !== null && { ticket: facts.ticket }),
    justification: facts.justification,
    scoped: facts.scoped,
    parameters: { __entity: PARAMETERS },
    ...(facts.history !== null && { history: { ...facts.history } }),
  };
}

/** The same for a vote. Without a history of the requester in the record, nothing is known of it. */
export function voteContext(question: VoteQuestion): Record<string, CedarValueJson> {
  return {
    ...requestContext(question.facts),
    requester: { __entity: principalUid(question.requester) },
    escalated: question.escalated,
  };
}

/** A context of which nothing is known yet: what partial evaluation is asked with. */
export function unknownContext(): Record<string, CedarValueJson> {
  const names = [
    ...['durationSeconds', 'startsInSeconds', 'now', 'sourceIp', 'mfa', 'mfaAgeSeconds'],
    ...['ticket', 'justification', 'scoped', 'parameters', 'history'],
  ];
  return Object.fromEntries(names.map((name) => [name, { __extn: { fn: 'unknown', arg: name } }]));
}

/**
 * The same, once for each choice of optional attributes that are not there: an unknown attribute is
 * there for Cedar, so that `has` would always hold. Only those that the policies name are left out.
 */
export function unknownContexts(
  policies: readonly string[],
): readonly Record<string, CedarValueJson>[] {
  const named = OPTIONAL.filter((name) => policies.some((text) => text.includes(name)));
  let contexts = [unknownContext()];
  for (const name of named) {
    contexts = contexts.concat(contexts.map(({ [name]: _, ...rest }) => rest));
  }
  return contexts;
}
