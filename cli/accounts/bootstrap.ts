import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { bootstrapTemplateFor } from '../../core/accounts/bootstrap-template.ts';
import { roleParts } from '../../core/accounts/names.ts';
import { UsageError } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** What CloudFormation takes for the name of a stack. */
const STACK = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** `valetkey accounts bootstrap`: CDK's template comes on stdin, ours goes to stdout. @throws UsageError */
export function bootstrap(
  role: string,
  stacks: readonly string[],
  json: boolean,
  out: Terminal,
): void {
  if (roleParts(role) === null) {
    throw new UsageError(`${role} is no ARN of a role.`, 'Name the vendable role of the job.');
  }
  const wrong = stacks.find((it) => !STACK.test(it));
  if (wrong !== undefined) throw new UsageError(`${wrong} is no name of a stack.`);
  if (process.stdin.isTTY) throw new UsageError('The template is read from stdin.', PIPE);
  const changed = bootstrapTemplateFor(template(readFileSync(0, 'utf8')), role, stacks);
  if (!changed.ok) {
    throw new UsageError(
      `This is not CDK's bootstrap template: ${changed.error} is missing.`,
      PIPE,
    );
  }
  if (json) out.json(changed.value);
  else out.print(stringify(changed.value, FOR_CLOUDFORMATION).trimEnd());
}

/** It reads YAML 1.1, where a version of a policy could pass for a date; so all text is quoted. */
const FOR_CLOUDFORMATION = {
  ...{ lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' as const },
  ...{ defaultStringType: 'QUOTE_DOUBLE' as const, defaultKeyType: 'PLAIN' as const },
};

function template(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    throw new UsageError('What came on stdin is neither YAML nor JSON.', PIPE);
  }
}

const PIPE = 'Run: npx cdk bootstrap --show-template | valetkey accounts bootstrap ROLE STACK';
