import { ESCAPE_PATHS, type EscapePath } from '../core/bundle/escape-paths.ts';

/** `docs/reference/escalation.md`: the ways out of a session that `policy check` knows. */
export function escalationPage(): string {
  const rules = Object.entries(Object.groupBy(ESCAPE_PATHS, ({ rule }) => rule));
  return `# Ways out of a session

Made by \`npm run reference\` from \`core/bundle/escape-paths.ts\`. \`valetkey policy check\` warns of an entitlement
whose statements allow all actions of a row, in one statement or in several, whatever their resources and conditions. It
does not warn where a Deny on all resources takes one of them away again without a condition, or where a condition on
\`iam:PassedToService\` keeps roles from the services of the row. A condition with \`IfExists\` or \`ForAllValues\` does
not: it holds where the key is missing.

Sources: links lead to [pathfinding.cloud](https://pathfinding.cloud/), Rhino stands for [AWS IAM
Privilege Escalation](https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/) by Rhino Security
Labs, and AWS for the page of the last action's service in the [Service Authorization
Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html),
which says what the action does. A path that is published with more actions is here with those that it cannot do without.
${rules.map(([rule, paths = []]) => ruleSection(rule, paths)).join('')}`;
}

function ruleSection(rule: string, paths: readonly EscapePath[]): string {
  const kinds = Object.entries(Object.groupBy(paths, ({ gives }) => gives));
  return `\n## \`${rule}\`\n${kinds.map(([gives, rows = []]) => table(gives, rows)).join('')}`;
}

function table(gives: string, paths: readonly EscapePath[]): string {
  const passes = paths.some(({ passedTo }) => passedTo.length > 0);
  const cells = paths.map(({ actions, passedTo, source, harmlessIf }) => [
    `${code(actions)}${harmlessIf === undefined ? '' : `, except where \`${harmlessIf[0]}\` is \`${harmlessIf[1]}\``}`,
    ...(passes ? [passedTo.join(', ')] : []),
    linkTo(source),
  ]);
  const head = ['actions', ...(passes ? ['role passed to'] : []), 'source'];
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  return `\n${gives[0]?.toUpperCase()}${gives.slice(1)}:\n\n${lines.join('\n')}\n`;
}

function linkTo(source: string): string {
  return /-\d+$/.test(source) ? `[${source}](https://pathfinding.cloud/paths/${source})` : source;
}

function code(actions: readonly string[]): string {
  return actions.map((action) => `\`${action}\``).join(' with ');
}
