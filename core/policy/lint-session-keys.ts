import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { acknowledge, type EntitlementWarning } from './lint-warning.ts';
import { holds, type Lack, lacksValue, lacksVariable } from './session-keys.ts';

/** Warns of statements that depend on something that a vended session does not have: they apply never, or always. */
export function lintSessionKeys({
  value: { statements },
  error,
}: Located<Entitlement>): readonly EntitlementWarning[] {
  return statements.flatMap((statement, index) => {
    const warn = (field: keyof Statement, what: string, lack: Lack, so: string) => {
      const message = `${what} ${lack.why}, so ${so}; ${lack.instead}, or ${acknowledge('session-lacks-key')}`;
      return {
        ...error(['statements', index, field], message),
        rule: 'session-lacks-key',
      } as const;
    };
    const variables = (['Resource', 'NotResource', 'Condition'] as const).flatMap((field) =>
      variablesIn(statement[field]).flatMap((name) => {
        const lack = lacksVariable(name);
        // AWS may leave a statement out whose variable has no value.
        return lack === null
          ? []
          : [warn(field, `'\${${name}}'`, lack, effectOf(statement, false))];
      }),
    );
    const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, value]) => {
        const values = [value].flat();
        const lack = lacksValue(key, values);
        if (lack === null) return [];
        const so = effectOf(statement, holds(operator, values, lack.found));
        return [warn('Condition', `'${key}'`, lack, so)];
      }),
    );
    return [...variables, ...conditions];
  });
}

/** Names of IAM variables without a default value, which would be written `${name, 'default'}`. */
function variablesIn(value: unknown): readonly string[] {
  const texts = JSON.stringify(value ?? '').matchAll(/\$\{([^{},]+)\}/g);
  return [...new Set(Array.from(texts, ([, name = '']) => name))];
}

function effectOf({ Effect }: Statement, applies: boolean | null): string {
  const verb = Effect === 'Allow' ? 'allows' : 'denies';
  if (applies === null) return `this statement ${verb} either nothing or all that it lists`;
  return applies
    ? `this statement ${verb} all that it lists, as if it had no such condition`
    : `this statement ${verb} nothing`;
}
