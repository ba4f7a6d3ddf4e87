import * as z from 'zod';
import { openApiDocument } from '../core/api/openapi.ts';
import { CEDAR_SCHEMA } from '../core/bundle/cedar-schema.ts';
import { entitlementFile } from '../core/bundle/entitlement-file.ts';
import { issuersFile } from '../core/bundle/issuers-file.ts';

/** The reference pages, made from the schemas that the code itself uses. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'entitlement.schema.json': schema(
      entitlementFile,
      'An entitlement: policy/entitlements/*.yaml',
    ),
    'issuers.schema.json': schema(issuersFile, 'The issuers: policy/issuers.yaml'),
    'cedar.md': cedarPage(),
    'http.md': httpPage(),
  };
}

/** JSON Schema (2020-12) of a file as its author writes it; editors complete and check with it. */
function schema(file: z.ZodType, title: string): string {
  const json = z.toJSONSchema(file, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title, ...json }, null, 2)}\n`;
}

function cedarPage(): string {
  return `# The Cedar vocabulary

Made by \`npm run reference\` from \`core/bundle/cedar-schema.ts\`. Policies are checked strictly against
this schema; what it does not name does not exist.

\`\`\`cedarschema
${CEDAR_SCHEMA.trim()}
\`\`\`
`;
}

type Operation = {
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, unknown>>;
};

function httpPage(): string {
  const paths = openApiDocument()['paths'] as Readonly<
    Record<string, Readonly<Record<string, Operation>>>
  >;
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, security, responses }]) => {
      const open = security?.length === 0 ? 'no' : 'yes';
      return `| \`${method.toUpperCase()} ${path}\` | ${summary} | ${open} | ${Object.keys(responses).join(' ')} |`;
    }),
  );
  return `# The HTTP API

Made by \`npm run reference\` from the routes and schemas of \`core/api/\`. The whole contract is served at
\`GET /v1/openapi.json\`.

| call | does | token | answers |
|---|---|---|---|
${rows.join('\n')}
`;
}
