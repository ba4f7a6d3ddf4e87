import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { groupBy } from '../group-by.ts';
import { acknowledge, type EntitlementWarning } from './lint-warning.ts';
import { type OpenPath, openPaths } from './open-paths.ts';

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

/** How many ways out a warning names. */
const NAMED = 3;

/** One warning for the ways out of one kind that begin in one statement. */
function escapes({ value: { statements, chainedRoles }, error }: Located<Entitlement>) {
  const open = openPaths(statements, chainedRoles);
  const kinds = groupBy(open, ({ path, statement }) => `${statement} ${path.rule}`);
  return [...kinds.values()].flatMap((found): readonly EntitlementWarning[] => {
    const [first] = found;
    if (first === undefined) return [];
    const { statement, path } = first;
    const field = statements[statement]?.Action === undefined ? 'NotAction' : 'Action';
    const message = `allows ${ways(found)}; remove it, or ${acknowledge(path.rule)}`;
    return [{ ...error(['statements', statement, field], message), rule: path.rule }];
  });
}

/** Paths that give the same are one clause of the sentence. */
function ways(found: readonly OpenPath[]): string {
  const named = found.slice(0, NAMED).map(({ path }) => path);
  const clauses = [...groupBy(named, ({ gives }) => gives)].map(
    ([gives, paths]) => `${paths.map(nameOf).join(' or ')}, which ${gives}`,
  );
  const rest = found.length - named.length;
  return `${clauses.join('; and ')}${rest === 0 ? '' : ` (and ${rest} more such ways)`}`;
}

function nameOf({ actions }: { readonly actions: readonly string[] }): string {
  return actions.join(' with ');
}
