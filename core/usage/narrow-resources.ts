import type { BuiltIns, Deployment, Statement } from '../entitlement.ts';
import { containsAction, containsResource } from '../session-policy/glob.ts';
import { renderStatement } from '../session-policy/template.ts';
import { NO_CONTROL_CHARACTERS } from '../text.ts';
import { arnOf, arnPartsOf, commonPath } from './arn-parts.ts';
import { LEAST_CALLS_ON_RESOURCE, LEAST_GRANTS, type UsedGrant } from './evidence.ts';
import { hasOneResource } from './one-resource.ts';
import { suggestParameter } from './suggest-parameter.ts';

/** A pattern of a statement that could be narrower, and what says so. */
export type Narrowed = {
  readonly from: string;
  readonly to: string;
  readonly calls: number;
  readonly grants: number;
};

/** A call, and the pattern as it was rendered for its grant. */
type Seen = {
  readonly grantId: string;
  readonly resource: string;
  readonly rendered: string;
  readonly calls: number;
};

/** What an entitlement's statements are rendered with. */
type Rendering = { readonly builtIns: BuiltIns; readonly statements: readonly Statement[] };

/**
 * Narrows the resources of a statement to what every recorded call has in common, where the records name the resource
 * of each call, and where there are enough of them.
 *
 * @param statement With the actions that stay: all of them were used.
 */
export function narrowResources(
  statement: Statement,
  grants: readonly UsedGrant[],
  rendering: Rendering,
): { readonly narrowed: readonly Narrowed[]; readonly remarks: readonly string[] } {
  const { Action: actions = [], Resource: patterns = [] } = statement;
  const isTold = actions.every((action) => hasOneResource(action));
  if (!isTold || !grants.every((grant) => namesAll(actions, grant, rendering))) {
    return { narrowed: [], remarks: [] };
  }
  const found = patterns.flatMap((pattern) => {
    const seen = grants.flatMap((grant) => seenOn(pattern, actions, grant, rendering));
    const calls = seen.reduce((sum, one) => sum + one.calls, 0);
    const count = new Set(seen.map(({ grantId }) => grantId)).size;
    if (calls < LEAST_CALLS_ON_RESOURCE || count < LEAST_GRANTS) return [];
    const to = narrower(pattern, seen, rendering.builtIns);
    if (to === null) return [];
    const path = commonPath(to.tails);
    const tails = seen.map(({ grantId }, index) => ({
      grantId,
      tail: (to.tails[index] ?? '').slice(path.length),
    }));
    return [{ from: pattern, to: to.pattern, calls, grants: count, tails }];
  });
  return {
    narrowed: found
      .filter(({ from, to }) => from !== to)
      .map(({ tails: _, ...narrowed }) => narrowed),
    remarks: found.flatMap(({ to, tails }) => suggestParameter(to, tails) ?? []),
  };
}

function usesOf(actions: readonly string[], { usage }: UsedGrant) {
  return usage.actions.filter(
    (use) => use.calls > use.refused && actions.some((one) => containsAction(one, use.action)),
  );
}

/** Whether each call of the actions names a resource that the entitlement allows it on. */
function namesAll(actions: readonly string[], grant: UsedGrant, rendering: Rendering): boolean {
  const allowed = rendering.statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map((statement) => renderStatement(statement, grant.parameters, rendering.builtIns));
  return usesOf(actions, grant).every(
    (use) =>
      use.otherResources === 0 &&
      use.unnamedCalls === 0 &&
      use.resources.every(
        ({ resource }) =>
          arnPartsOf(resource) !== null &&
          !/[*?${}]/.test(resource) &&
          NO_CONTROL_CHARACTERS.test(resource) &&
          allowed.some(
            ({ Action = [], Resource = [] }) =>
              Action.some((one) => containsAction(one, use.action)) &&
              Resource.some((one) => containsResource(one, resource)),
          ),
      ),
  );
}

function seenOn(
  pattern: string,
  actions: readonly string[],
  grant: UsedGrant,
  { builtIns }: Rendering,
): readonly Seen[] {
  const rendered = renderStatement(
    { Effect: 'Allow', Resource: [pattern] },
    grant.parameters,
    builtIns,
  ).Resource?.[0];
  if (rendered === undefined) return [];
  const { grantId } = grant.usage;
  return usesOf(actions, grant)
    .flatMap(({ resources }) => resources)
    .filter((use) => use.calls > use.refused && containsResource(rendered, use.resource))
    .map(({ resource, calls, refused }) => ({
      ...{ grantId, resource, rendered },
      calls: calls - refused,
    }));
}

/** A pattern that holds what was seen, and what is after its beginning in the wider one. */
type Narrower = { readonly pattern: string; readonly tails: readonly string[] };

/** @returns the pattern itself where nothing narrower holds them all; null where it has another form. */
function narrower(pattern: string, seen: readonly Seen[], deployment: Deployment): Narrower | null {
  if (pattern === '*') return narrowerThanAll(seen, deployment);
  if (!/^[^*?]*\*$/.test(arnPartsOf(pattern)?.[4] ?? '')) return null;
  const tails = seen.map(({ resource, rendered }) =>
    restOf(resource).slice(restOf(rendered).length - 1),
  );
  return { pattern: `${pattern.slice(0, -1)}${commonPath(tails)}*`, tails };
}

function restOf(arn: string): string {
  return arnPartsOf(arn)?.[4] ?? '';
}

/** The services, places and owners that all have in common, with the deployment's own as placeholders. */
function narrowerThanAll(seen: readonly Seen[], { account, region }: Deployment): Narrower | null {
  const all = seen.map(({ resource }) => arnPartsOf(resource));
  const common = (index: number): string | null => {
    const values = new Set(all.map((parts) => parts?.[index] ?? ''));
    return values.size === 1 ? ([...values][0] ?? null) : null;
  };
  const [partition, service] = [common(0), common(1)];
  if (partition === null || service === null) return null;
  const place = placeholder(common(2), region, '{{region}}');
  const owner = placeholder(common(3), account, '{{account}}');
  const tails = seen.map(({ resource }) => restOf(resource));
  const path = commonPath(tails);
  if (path === '' && ['', '*'].includes(owner)) return null;
  return { pattern: arnOf([partition, service, place, owner, `${path}*`]), tails };
}

function placeholder(value: string | null, deployment: string, name: string): string {
  if (value === null) return '*';
  return value !== '' && value === deployment ? name : value;
}
