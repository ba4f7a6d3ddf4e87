import { type ConditionBlock, type Entitlement, targetPartition } from '../entitlement.ts';
import { PARTITION } from '../role-arn.ts';
import { mistakeInTemplate } from '../session-policy/fills.ts';
import { textsOf } from '../session-policy/statement-texts.ts';
import type { BundleError } from './bundle.ts';
import { mistakesInPlaceholders } from './check-placeholders.ts';
import type { Located } from './yaml-file.ts';

const A_PARTITION = new RegExp(`^${PARTITION}$`);

/** Statements are valid IAM: STS refuses a session policy that is not, and would do so at every vend. */
export function checkStatements({ value, error }: Located<Entitlement>): readonly BundleError[] {
  // Whether an ARN is in the right partition is not known before the target is a role.
  if (!A_PARTITION.test(targetPartition(value))) return [];
  return value.statements.flatMap((statement, index) => {
    const texts = textsOf(statement).flatMap((text) => {
      // What is wrong with its placeholders is said by `check-placeholders.ts`, and comes first.
      if (mistakesInPlaceholders(text.text, value).length > 0) return [];
      const mistake = mistakeInTemplate(text, value);
      return mistake === null ? [] : [error(['statements', index, ...text.path], mistake)];
    });
    const keys = keysTwice(statement.Condition ?? {}).map((path) =>
      error(
        ['statements', index, 'Condition', ...path],
        'is there in other capitals as well, which IAM does not tell apart; join their values',
      ),
    );
    return [...texts, ...keys];
  });
}

/** The keys of an operator that differ only in capitals from one before them. */
function keysTwice(condition: ConditionBlock): readonly (readonly [string, string])[] {
  return Object.entries(condition).flatMap(([operator, block]) => {
    const keys = Object.keys(block).map((key) => ({ key, lower: key.toLowerCase() }));
    return keys
      .filter(({ lower }, index) => keys.findIndex((one) => one.lower === lower) !== index)
      .map(({ key }) => [operator, key] as const);
  });
}
