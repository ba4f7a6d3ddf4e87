import { allowedActions } from '../bundle/allowed-actions.ts';
import {
  CHAINING,
  COMPUTE,
  CREDENTIALS,
  PASS_ROLE,
  TRUST_AND_RIGHTS,
} from '../bundle/escape-actions.ts';
import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { acknowledge, type EntitlementWarning } from './lint-warning.ts';

/** Warns of wildcards where the risk is high, and of actions that lead out of the session. */
export function lintStatements(entitlement: Located<Entitlement>): readonly EntitlementWarning[] {
  return [...wildcards(entitlement), ...escapes(entitlement)];
}

function wildcards({ value, error }: Located<Entitlement>): readonly EntitlementWarning[] {
  if (value.risk !== 'high' && value.risk !== 'critical') return [];
  return value.statements.flatMap((statement, index) => {
    if (statement.Effect !== 'Allow') return [];
    const warn = (field: keyof Statement, what: string): EntitlementWarning => {
      const message = `${what} in an entitlement of ${value.risk} risk; list what is needed, or ${acknowledge('wildcard')}`;
      return { ...error(['statements', index, field], message), rule: 'wildcard' };
    };
    const wide = (['Action', 'Resource'] as const).flatMap((field) =>
      (statement[field] ?? [])
        .filter((text) => /[*?]/.test(text))
        .map((text) => warn(field, `'${text}' has a wildcard`)),
    );
    const inverse = (['NotAction', 'NotResource'] as const).flatMap((field) =>
      statement[field] === undefined
        ? []
        : [warn(field, `${field} allows everything that it does not list`)],
    );
    return [...wide, ...inverse];
  });
}

function escapes({
  value: { statements },
  error,
}: Located<Entitlement>): readonly EntitlementWarning[] {
  const some = (actions: readonly string[]): boolean =>
    statements.some((statement) => allowedActions(statement, actions, statements).length > 0);
  const runsCode = some(PASS_ROLE) && some(COMPUTE);
  return statements.flatMap((statement, index) => {
    const find = (
      rule: EntitlementWarning['rule'],
      actions: readonly string[],
      why: string,
    ): readonly EntitlementWarning[] => {
      const found = allowedActions(statement, actions, statements);
      if (found.length === 0) return [];
      const field = statement.Action === undefined ? 'NotAction' : 'Action';
      const message = `allows ${firstOf(found)}, which ${why}; remove it, or ${acknowledge(rule)}`;
      return [{ ...error(['statements', index, field], message), rule }];
    };
    return [
      ...find('outlives-session', CREDENTIALS, 'can create credentials that outlive the session'),
      ...find('climbs-out', TRUST_AND_RIGHTS, 'can give roles or users rights beyond the session'),
      ...find('climbs-out', CHAINING, 'leads to a session without these limits'),
      ...(runsCode
        ? find('climbs-out', PASS_ROLE, 'together with starting compute runs code as another role')
        : []),
    ];
  });
}

function firstOf(actions: readonly string[]): string {
  return actions.length > 3 ? `${actions.slice(0, 3).join(', ')} …` : actions.join(', ');
}
