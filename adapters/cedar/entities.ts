import type { CedarValueJson, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Question, RequestFacts } from '../../core/decision.ts';
import type { Entitlement } from '../../core/entitlement.ts';
import type { VoteQuestion } from '../../core/ports.ts';
import type { Principal } from '../../core/principal.ts';

/** The namespace of the schema, `core/bundle/cedar-schema.ts`, whose entities and contexts are made here. */
const NAMESPACE = 'ValetKey';

export const BROKER: TypeAndId = uid('Broker', 'broker');
const ATTRIBUTES = [
  'durationSeconds',
  'startsInSeconds',
  'now',
  'sourceIp',
  'mfa',
  'mfaAgeSeconds',
  'ticket',
  'justification',
  'scoped',
  'parameters',
  'history',
  'signals',
];
/** The attributes that the schema declares with `?`. */
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

/** The entities of a request: the principal, the entitlement and the parameters. */
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

/** The `context` of a request. An unknown fact is a missing attribute, never an invented value. */
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
    ...(facts.signals !== undefined && { signals: { ...facts.signals } }),
  };
}

/** The `context` of a vote. It has no `history` if the record of the request has none, and no `signals` where no policy reads them. */
export function voteContext(question: VoteQuestion): Record<string, CedarValueJson> {
  const { facts, voting } = question;
  return {
    ...requestContext(facts),
    ...(facts.signals !== undefined && { signals: { ...facts.signals, ...voting } }),
    requester: { __entity: principalUid(question.requester) },
    escalated: question.escalated,
  };
}

/** A context of unknown attributes, for partial evaluation. */
export function unknownContext(): Record<string, CedarValueJson> {
  return Object.fromEntries(
    ATTRIBUTES.map((name) => [name, { __extn: { fn: 'unknown', arg: name } }]),
  );
}

/**
 * Such contexts for every combination of absent optional attributes, because an unknown attribute is
 * present to Cedar, so that `has` would always be true. Leaves out only attributes that policies name.
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
