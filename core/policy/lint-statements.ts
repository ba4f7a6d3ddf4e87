import {
  CHAINING,
  COMPUTE,
  CREDENTIALS,
  PASS_ROLE,
  TRUST_AND_RIGHTS,
} from '../bundle/escape-actions.ts';
import type { LocatedPolicy } from '../bundle/policy-file.ts';
import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { containsAction } from '../session-policy/glob.ts';
import type { BundleWarning } from './lint-warning.ts';
import type { Reach } from './policy-analyst.ts';

/** What is odd about one entitlement, unless its author says why it is meant. */
export function lintEntitlement(
  entitlement: Located<Entitlement>,
  policies: readonly LocatedPolicy[],
  reach: readonly Reach[],
): readonly BundleWarning[] {
  if (entitlement.value.acknowledged !== undefined) return [];
  return [
    ...unobtainable(entitlement, policies, reach),
    ...wildcards(entitlement),
    ...escapes(entitlement),
  ];
}

function unobtainable(
  { value, error }: Located<Entitlement>,
  policies: readonly LocatedPolicy[],
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const warn = (message: string): readonly BundleWarning[] => [
    { ...error([], `nobody can get '${value.id}': ${message}`), rule: 'nobody-can-get' },
  ];
  const effectOf = new Map(policies.map(({ id, effect }) => [id, effect]));
  const could = (action: string) => {
    const found = reach.find((it) => it.action === action && it.resource === value.id);
    return {
      permit: (found?.policies ?? []).some((id) => effectOf.get(id) === 'permit'),
      forbid: (found?.always ?? []).find((id) => effectOf.get(id) === 'forbid'),
    };
  };
  const request = could('request');
  if (!request.permit) {
    return warn('no policy permits to request it; write one, or remove the entitlement');
  }
  if (request.forbid !== undefined) {
    return warn(`policy '${request.forbid}' forbids every request for it; narrow that policy`);
  }
  const auto = could('autoApprove');
  if (value.approval !== undefined || (auto.permit && auto.forbid === undefined)) return [];
  return warn('it has no approval, and no policy permits to autoApprove it; add one of the two');
}

function wildcards({ value, error }: Located<Entitlement>): readonly BundleWarning[] {
  if (value.risk !== 'high' && value.risk !== 'critical') return [];
  return value.statements.flatMap((statement, index) => {
    if (statement.Effect !== 'Allow') return [];
    const mend = 'name what is needed, or say acknowledged: <why>';
    const warn = (field: keyof Statement, what: string): BundleWarning => ({
      ...error(
        ['statements', index, field],
        `${what} in an entitlement of ${value.risk} risk; ${mend}`,
      ),
      rule: 'wildcard',
    });
    const wide = (['Action', 'Resource'] as const).flatMap((field) =>
      (statement[field] ?? [])
        .filter((text) => /[*?]/.test(text))
        .map((text) => warn(field, `'${text}' has a wildcard`)),
    );
    const inverse = (['NotAction', 'NotResource'] as const).flatMap((field) =>
      statement[field] === undefined ? [] : [warn(field, `${field} allows all but a few`)],
    );
    return [...wide, ...inverse];
  });
}

function escapes(entitlement: Located<Entitlement>): readonly BundleWarning[] {
  const { statements } = entitlement.value;
  const passes = statements.some((it) => allowed(it, PASS_ROLE, statements).length > 0);
  const computes = statements.some((it) => allowed(it, COMPUTE, statements).length > 0);
  return statements.flatMap((statement, index) => {
    const find = (
      rule: BundleWarning['rule'],
      actions: readonly string[],
      why: string,
    ): readonly BundleWarning[] => {
      const found = allowed(statement, actions, statements);
      if (found.length === 0) return [];
      const field = statement.Action === undefined ? 'NotAction' : 'Action';
      const some = found.length > 3 ? `${found.slice(0, 3).join(', ')} …` : found.join(', ');
      const message = `allows ${some}, which ${why}; leave it out, or say acknowledged: <why>`;
      return [{ ...entitlement.error(['statements', index, field], message), rule }];
    };
    return [
      ...find('outlives-session', CREDENTIALS, 'makes credentials that outlive the session'),
      ...find('climbs-out', TRUST_AND_RIGHTS, 'gives roles or users rights beyond the session'),
      ...find('climbs-out', CHAINING, 'leads to a session without these limits'),
      ...(passes && computes
        ? find('climbs-out', PASS_ROLE, 'together with starting compute runs code as another role')
        : []),
    ];
  });
}

/** Which of these actions a statement allows, unless another one denies them everywhere. */
function allowed(
  statement: Statement,
  actions: readonly string[],
  all: readonly Statement[],
): readonly string[] {
  if (statement.Effect !== 'Allow') return [];
  const denies = all.filter(
    (it) => it.Effect === 'Deny' && it.Condition === undefined && it.Resource?.includes('*'),
  );
  return actions.filter(
    (action) => covers(statement, action) && !denies.some((deny) => covers(deny, action)),
  );
}

function covers({ Action, NotAction = [] }: Statement, action: string): boolean {
  if (Action !== undefined) return Action.some((pattern) => containsAction(pattern, action));
  return !NotAction.some((pattern) => containsAction(pattern, action));
}
