import { type Declaration, type Doc, type Member, publicApi } from './api-declarations.ts';

const ENTRY = 'lib/constructs.ts';

/** `docs/reference/constructs.md`: the constructs that other CDK apps import, from their doc comments. */
export function constructsPage(): string {
  const api = publicApi(ENTRY);
  const constructs = api.filter(isConstruct);
  const props = (of: Declaration) => api.filter(({ name }) => name === propsOf(of));
  const others = api.filter(
    (other) => !constructs.some((one) => one === other || props(one).includes(other)),
  );
  const sections = [
    ...constructs.flatMap((one) => [
      section(one),
      ...props(one).map(propsTable),
      membersTable(one),
    ]),
    ...others.map(
      (other) => `## ${other.name}\n\n${prose(other.doc.text)}\n\n${propsTable(other)}`,
    ),
  ];
  return `# The constructs

Made by \`npm run reference\` from the doc comments of what \`${ENTRY}\` exports.

CDK constructs for the AWS accounts that the broker vends credentials for. Import them from
\`valetkey/constructs\`. Your app brings \`aws-cdk-lib\` and \`constructs\` itself: they are peer dependencies.
[Target accounts](../target-accounts.md) explains which construct to use when.

${sections.filter((part) => part !== '').join('\n\n')}
`;
}

/** The code of each construct's example. */
export function constructExamples(): readonly (readonly [name: string, code: string])[] {
  return publicApi(ENTRY)
    .filter(isConstruct)
    .map(({ name, doc }) => [name, exampleOf(name, doc)]);
}

function isConstruct({ members }: Declaration): boolean {
  return members.some(({ name }) => name === 'constructor');
}

/** The name of the type of `props`. */
function propsOf({ members }: Declaration): string | undefined {
  const made = members.find(({ name }) => name === 'constructor');
  return /\bprops: (\w+)/.exec(made?.signature ?? '')?.[1];
}

function section({ name, doc, base }: Declaration): string {
  return `## ${name}

${prose(doc.text)}

\`\`\`ts
${exampleOf(name, doc)}
\`\`\`

\`new ${name}(scope, id, props)\` extends \`${base}\`. Its \`props\`:`;
}

function exampleOf(name: string, { tags }: Doc): string {
  const example = tags['example'];
  if (example === undefined) throw new Error(`${name} has no @example`);
  return example;
}

function propsTable({ base, members }: Declaration): string {
  const rows = members.map(({ name, signature, optional, doc }) => {
    const initial = optional ? defaultOf(doc) : 'required';
    return `| \`${name}\` | ${code(typeOf(signature))} | ${initial} | ${cell(doc.text)} |`;
  });
  const inherited = base === null ? '' : `\n\nAnd everything that \`${base}\` has.`;
  return `| property | type | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}${inherited}`;
}

function membersTable({ name: owner, members }: Declaration): string {
  const rows = members
    .filter(({ name }) => name !== 'constructor')
    .map(
      (member) => `| ${code(`${member.name}${member.signature}`)} | ${cell(memberText(member))} |`,
    );
  if (rows.length === 0) return '';
  return `A \`${owner}\` has:\n\n| member | meaning |\n|---|---|\n${rows.join('\n')}`;
}

function memberText({ doc: { text, tags } }: Member): string {
  const { param, returns, throws } = tags;
  return [
    text,
    param && `\`${param.replace(' ', '`: ')}.`,
    returns && `Returns ${returns}.`,
    throws && `Throws ${throws}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** `@default 'x'` is a value, `@default - x` a description of one, as in the CDK's own reference. */
function defaultOf({ tags }: Doc): string {
  const { default: text = '' } = tags;
  return text.startsWith('- ') ? cell(text.slice(2)) : code(text);
}

function typeOf(signature: string): string {
  return signature.replace(/^: /, '');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function cell(text: string): string {
  return prose(text).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

function prose(text: string): string {
  return text.replaceAll(
    /\{@link (\w+)\}/g,
    (_, name: string) => `[${name}](#${name.toLowerCase()})`,
  );
}
