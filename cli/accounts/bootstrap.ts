import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { bootstrapTemplateFor } from '../../core/accounts/bootstrap-template.ts';
import { parseRoleArn } from '../../core/role-arn.ts';
import { UsageError } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** What CloudFormation accepts as the name of a stack. */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * `valetkey accounts bootstrap`: reads CDK's template from stdin and prints ours.
 *
 * @throws UsageError
 */
export function bootstrap(
  role: string,
  stacks: readonly string[],
  { broker, json }: { readonly broker: string; readonly json: boolean },
  out: Terminal,
): void {
  if (parseRoleArn(role) === null) {
    throw new UsageError(
      `<role>: "${role}" is not the ARN of a role.`,
      'Give the ARN of the vendable role that the job uses.',
    );
  }
  const invalid = stacks.find((name) => !STACK_NAME.test(name));
  if (invalid !== undefined) {
    throw new UsageError(`<stack>: "${invalid}" is not a valid stack name.`);
  }
  if (!STACK_NAME.test(broker)) {
    throw new UsageError(`--broker-stack: "${broker}" is not a valid stack name.`);
  }
  if (process.stdin.isTTY) throw new UsageError('No template on stdin.', PIPE);
  const changed = bootstrapTemplateFor(
    parseTemplate(readFileSync(0, 'utf8')),
    role,
    stacks,
    broker,
  );
  if (!changed.ok) {
    throw new UsageError(
      `The input is not CDK's bootstrap template: ${changed.error} is missing.`,
      PIPE,
    );
  }
  if (json) out.json(changed.value);
  else out.print(stringify(changed.value, FOR_CLOUDFORMATION).trimEnd());
}

/** CloudFormation reads YAML 1.1, where a policy version can pass for a date: all text is quoted. */
const FOR_CLOUDFORMATION = {
  lineWidth: 0,
  aliasDuplicateObjects: false,
  version: '1.1',
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
} as const;

function parseTemplate(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    throw new UsageError('The input is neither YAML nor JSON.', PIPE);
  }
}

const PIPE = 'Run: npx cdk bootstrap --show-template | valetkey accounts bootstrap ROLE STACK';
