import { entitlementFile } from '../../../core/bundle/entitlement-file.ts';
import { withStatements } from '../../../core/bundle/pasted-policy.ts';
import { readYaml } from '../../../core/bundle/yaml-file.ts';
import type { Statement } from '../../../core/entitlement.ts';
import { patchEntitlement } from '../../../core/usage/patch-entitlement.ts';

const FILE = 'entitlements/e.yaml';

export const HEAD = `# Who asks for it: the platform team.
id: e
title:   'E'   # short
risk: low
target: arn:aws:iam::{{account}}:role/e
maxDuration: 1h
`;

export type Change = (statement: Statement, index: number) => Statement | null;

export function statementsIn(text: string, file = FILE): readonly Statement[] {
  const read = readYaml(file, text, entitlementFile, withStatements);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.value.statements;
}

export function patched(text: string, change: Change, file = FILE) {
  return patchEntitlement(file, text, statementsIn(text, file).map(change));
}

/** Without the action of a name, and with others in place of another one. */
export const without =
  (gone: string, by: Readonly<Record<string, readonly string[]>> = {}): Change =>
  (statement) => {
    const Action = (statement.Action ?? [])
      .filter((action) => action !== gone)
      .flatMap((action) => by[action] ?? [action]);
    return Action.length === 0 ? null : { ...statement, Action };
  };

export function text(statements: string): string {
  return `${HEAD}statements:\n${statements}network: bind # last\n`;
}

/** One statement, whose actions stand between its effect and its resources. */
export function withAction(action: string): string {
  return text(`  - Effect: Allow\n    Action:${action}\n    Resource: '*'\n`);
}
