import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { acknowledge, type BundleWarning } from './lint-warning.ts';

/** Warns of entitlements that allow nothing, and of Allows that hold where their condition's key is missing. */
export function lintAllows({ value, error }: Located<Entitlement>): readonly BundleWarning[] {
  const { id, statements } = value;
  if (statements.every(({ Effect }) => Effect === 'Deny')) {
    const message = `'${id}' only denies, and a session can do no more than its statements allow: nothing; add an Allow`;
    return [{ ...error(['statements'], message), rule: 'allows-nothing' }];
  }
  return statements.flatMap((statement, index) => {
    if (statement.Effect !== 'Allow') return [];
    return withoutKey(statement).map((key) => ({
      ...error(
        ['statements', index, 'Condition'],
        `ForAllValues holds for requests without '${key}' too, so this allows them all; add Null: { '${key}': 'false' }, or ${acknowledge('allows-without-key')}`,
      ),
      rule: 'allows-without-key' as const,
    }));
  });
}

/**
 * The keys that ForAllValues compares and no other condition asks for.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam-add-tag-user-role.html
 */
function withoutKey({ Condition = {} }: Statement): readonly string[] {
  const blocks = Object.entries(Condition);
  const asked = blocks.flatMap(([operator, keys]) =>
    Object.entries(keys)
      .filter(([, values]) => needsKey(operator, [values].flat()))
      .map(([key]) => key.toLowerCase()),
  );
  const loose = blocks
    .filter(([operator]) => operator.startsWith('ForAllValues:'))
    .flatMap(([, keys]) => Object.keys(keys));
  return [...new Set(loose)].filter((key) => !asked.some((one) => comesWith(one, key)));
}

/** A request with a tag has the tag's key among its keys. */
function comesWith(asked: string, key: string): boolean {
  const wanted = key.toLowerCase();
  return asked === wanted || (wanted === 'aws:tagkeys' && asked.startsWith('aws:requesttag/'));
}

/** Whether a condition cannot hold where its key is missing. */
function needsKey(operator: string, values: readonly string[]): boolean {
  if (operator === 'Null') return values.every((value) => value.toLowerCase() === 'false');
  return !/ForAllValues|IfExists|Not/.test(operator);
}
