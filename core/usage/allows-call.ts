import type { Deployment, Entitlement, Statement } from '../entitlement.ts';
import { containsAction, containsResource } from '../session-policy/glob.ts';
import { renderStatements } from '../session-policy/template.ts';
import type { UsedGrant } from './evidence.ts';

/** A call that succeeded under a grant; the resource is null where the record does not tell it. */
export type RecordedCall = {
  readonly grantId: string;
  readonly action: string;
  readonly resource: string | null;
};

/**
 * Whether a statement of a list allows a call, apart from its condition and from denies. Where the resource is not
 * known, any resource will do.
 */
export function allowsCall(
  statements: readonly Statement[],
  action: string,
  resource: string | null,
): boolean {
  return statements.some(
    (statement) =>
      statement.Effect === 'Allow' &&
      appliesTo(statement.Action, statement.NotAction, (one) => containsAction(one, action)) &&
      (resource === null ||
        appliesTo(statement.Resource, statement.NotResource, (one) =>
          containsResource(one, resource),
        )),
  );
}

function appliesTo(
  listed: readonly string[] | undefined,
  left: readonly string[] | undefined,
  matches: (pattern: string) => boolean,
): boolean {
  return listed === undefined ? !(left ?? []).some(matches) : listed.some(matches);
}

/** What was called successfully under a grant, each action and resource once. */
export function recordedCalls({ usage }: UsedGrant): readonly RecordedCall[] {
  const { grantId } = usage;
  return usage.actions
    .filter(({ calls, refused }) => calls > refused)
    .flatMap(({ action, resources, otherResources, unnamedCalls }) => {
      const named = resources
        .filter((use) => use.calls > use.refused)
        .map(({ resource }) => ({ grantId, action, resource }));
      const isWhole = otherResources === 0 && unnamedCalls === 0 && named.length > 0;
      return isWhole ? named : [...named, { grantId, action, resource: null }];
    });
}

/** The recorded calls that an entitlement allows and a narrower one no longer would. */
export function brokenCalls(
  before: Entitlement,
  after: Entitlement,
  grants: readonly UsedGrant[],
  deployment: Deployment,
): readonly RecordedCall[] {
  return grants.flatMap((grant) => {
    const [old, now] = [before, after].map((entitlement) =>
      renderStatements(entitlement, grant.parameters, deployment),
    );
    return recordedCalls(grant).filter(
      ({ action, resource }) =>
        allowsCall(old ?? [], action, resource) && !allowsCall(now ?? [], action, resource),
    );
  });
}
