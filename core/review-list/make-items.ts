import type { PolicyLine, ReviewItem } from '../access-review.ts';
import { type Bundle, type CompiledPolicy, findEntitlement } from '../bundle/bundle.ts';
import type { Unavailable } from '../failure.ts';
import type { Principal } from '../principal.ts';
import { ok, type Result } from '../result.ts';
import { personClaims, recordedMarks } from '../reviewing/participant.ts';
import type { UseFold } from './fold-use.ts';
import type { WhoCould } from './who-could.ts';

type Draft = Omit<ReviewItem, 'item'>;

/**
 * The list of a review, the same whoever makes it: for each entitlement everybody the ledger knows who could use it or
 * did, and then each policy that lets somebody in without a name, because whoever never asked is in no record.
 *
 * @param entitlements Null for all.
 */
export function makeItems(
  { bundle }: { readonly bundle: Bundle },
  could: WhoCould,
  used: UseFold,
  entitlements: readonly string[] | null,
): Result<readonly ReviewItem[], Unavailable> {
  const claims = personClaims(bundle);
  const principals = used.principals();
  const known = [...principals.keys()].toSorted().flatMap((id) => principals.get(id) ?? []);
  const drafts: Draft[] = [];
  for (const id of wanted(bundle, used, entitlements)) {
    for (const principal of known) {
      const draft = ofPrincipal(bundle, could, used, id, principal, claims);
      if (!draft.ok) return draft;
      if (draft.value !== null) drafts.push(draft.value);
    }
    for (const policy of could.permitsOn(id)) {
      const members = membersOf(policy, principals);
      if (members !== null) drafts.push(ofPolicy(id, policy, members));
    }
  }
  return ok(drafts.map((draft, index) => ({ item: index + 1, ...draft })));
}

function wanted(
  bundle: Bundle,
  used: UseFold,
  entitlements: readonly string[] | null,
): readonly string[] {
  const all = new Set([...Object.keys(bundle.entitlements), ...used.entitlements()]);
  return [...all].filter((id) => entitlements === null || entitlements.includes(id)).toSorted();
}

function ofPrincipal(
  bundle: Bundle,
  could: WhoCould,
  used: UseFold,
  id: string,
  principal: Principal,
  claims: readonly string[],
): Result<Draft | null, Unavailable> {
  const entitlement = findEntitlement(bundle, id);
  const policies = entitlement === null ? ok([]) : could.policiesFor(principal, entitlement);
  if (!policies.ok) return policies;
  const {
    requests = 0,
    denials = 0,
    grants = 0,
    vends = 0,
    lastUse = null,
    usage,
  } = used.useOf(id, principal.id) ?? {};
  if (policies.value.length === 0 && grants === 0 && vends === 0) return ok(null);
  return ok({
    entitlement: id,
    principal: { type: principal.type, id: principal.id, name: principal.name },
    members: null,
    marks: recordedMarks(principal, claims),
    could: policies.value.length > 0,
    ...{ requests, denials, grants, vends, lastUse },
    ...(usage !== undefined && { usage }),
    lines: policies.value.map(lineOf),
  });
}

function ofPolicy(entitlement: string, policy: CompiledPolicy, members: string): Draft {
  return {
    ...{ entitlement, principal: null, members, marks: [], could: true },
    ...{ requests: 0, denials: 0, grants: 0, vends: 0, lastUse: null, lines: [lineOf(policy)] },
  };
}

/** Null where the policy names one principal, who has a line already. */
function membersOf(
  { head: { principal } }: CompiledPolicy,
  known: ReadonlyMap<string, Principal>,
): string | null {
  if (principal === null) return 'whoever fits its conditions';
  const end = principal.indexOf('::', NAMESPACE.length);
  const [type, id] = [principal.slice(NAMESPACE.length, end), principal.slice(end + 2)];
  if (type === 'Group') return `members of group ${id}`;
  return known.has(id) ? null : `${type.toLowerCase()} ${id}`;
}

/** How entities begin: `ValetKey::Group::people:ops`. */
const NAMESPACE = 'ValetKey::';

function lineOf({ id, place }: CompiledPolicy): PolicyLine {
  return { policy: id, place: place ?? null };
}
