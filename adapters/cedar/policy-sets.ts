import type { EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Bundle, CompiledPolicy } from '../../core/bundle/bundle.ts';
import type { Cedar } from './cedar.ts';
import { keyOf } from './policy-head.ts';
import { excessIn } from './policy-limits.ts';

/** The part of a question that decides which policies cannot apply. */
export type Asked = {
  readonly principal: EntityJson;
  readonly action: string;
  readonly resource: TypeAndId;
};

/** Up to this number of policies, a single set of all of them is as fast as choosing. */
const ALL_AT_ONCE = 30;

/** The limit on parsed sets, because Cedar keeps every one of them. */
const MOST_SETS = 1000;

export type PolicySets = {
  /** The id of a parsed set that gives the same answer as all policies together. */
  readonly parsedFor: (asked: Asked) => string;
  /** The policies of such a set, by id, for partial evaluation, which parses them each time. */
  readonly textsFor: (asked: Asked) => Readonly<Record<string, string>>;
};

/**
 * Chooses the policies that a question needs. A policy whose head names another principal, action or
 * resource neither applies nor fails, so leaving it out changes no answer. The time of a decision then
 * depends on the policies that could apply, not on the size of the bundle.
 *
 * @throws Error if the policies do not parse, or would break the engine: such a broker must not start.
 */
export function policySets(cedar: Cedar, bundle: Bundle, allAtOnce = ALL_AT_ONCE): PolicySets {
  const all = [...Object.values(bundle.policies), ...bundle.approverPolicies];
  refuseExcess(all);
  const parsed = new Set<string>();
  const parse = (id: string, policies: readonly CompiledPolicy[]): string => {
    if (parsed.has(id)) return id;
    const answer = cedar.preparsePolicySet(id, { staticPolicies: textsOf(policies) });
    if (answer.type === 'failure') {
      throw new Error(`the compiled bundle does not parse: ${answer.errors[0]?.message}`);
    }
    parsed.add(id);
    return id;
  };
  const choose = chooser(all);
  const few = all.length <= allAtOnce;
  if (few) parse(bundle.hash, all);

  return {
    parsedFor: (asked) => {
      const chosen = few ? all : choose(asked);
      if (chosen.length === all.length || parsed.size >= MOST_SETS) return parse(bundle.hash, all);
      return parse(`${bundle.hash} ${chosen.map(({ id }) => id).join(' ')}`, chosen);
    },
    textsFor: (asked) => textsOf(choose(asked)),
  };
}

function refuseExcess(policies: readonly CompiledPolicy[]): void {
  for (const { id, text } of policies) {
    const excess = excessIn(text);
    if (excess !== null) throw new Error(`the compiled policy '${id}': ${excess.message}`);
  }
}

/** Indexes policies by what their head names, so that no other policy is visited. */
function chooser(all: readonly CompiledPolicy[]): (asked: Asked) => readonly CompiledPolicy[] {
  const byHead = new Map<string, CompiledPolicy[]>();
  for (const policy of all) {
    for (const action of policy.head.actions ?? [ANY]) {
      const key = headKey(action, policy.head.resource ?? ANY, policy.head.principal ?? ANY);
      byHead.set(key, [...(byHead.get(key) ?? []), policy]);
    }
  }
  return ({ principal, action, resource }) => {
    const names = [
      ANY,
      keyOf(plain(principal.uid)),
      ...principal.parents.map((parent) => keyOf(plain(parent))),
    ];
    const chosen = new Set<CompiledPolicy>();
    for (const named of names) {
      for (const onWhat of [ANY, keyOf(resource)]) {
        for (const what of [ANY, action]) {
          for (const policy of byHead.get(headKey(what, onWhat, named)) ?? []) chosen.add(policy);
        }
      }
    }
    return [...chosen].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  };
}

const ANY = '*';

function headKey(action: string, resource: string, principal: string): string {
  return JSON.stringify([action, resource, principal]);
}

function plain(entity: EntityJson['uid']): TypeAndId {
  return '__entity' in entity ? entity.__entity : entity;
}

function textsOf(policies: readonly CompiledPolicy[]): Readonly<Record<string, string>> {
  return Object.fromEntries(policies.map(({ id, text }) => [id, text]));
}
