import * as z from 'zod';
import { detailTypeOf, EVENT_SOURCE, EVENT_VERSION } from '../core/api/event-detail.ts';
import { EVENT_SCHEMAS } from '../core/api/event-schemas.ts';
import { openApiDocument } from '../core/api/openapi.ts';
import { EVENT_TYPES, PRINCIPAL_EVENT_TYPES } from '../core/audit.ts';
import { CEDAR_SCHEMA } from '../core/bundle/cedar-schema.ts';
import { cliPage } from './cli-page.ts';
import { constructsPage } from './constructs-page.ts';
import { escalationPage } from './escalation-page.ts';
import { fileSchemas } from './file-schemas.ts';
import { manPage } from './man-page.ts';
import { ocsfPage } from './ocsf-page.ts';

/** The reference pages, generated from the schemas that the code itself uses. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    ...fileSchemas(),
    'cedar.md': cedarPage(),
    'http.md': httpPage(),
    'cli.md': cliPage(),
    'valetkey.1': manPage(),
    'constructs.md': constructsPage(),
    'escalation.md': escalationPage(),
    'ocsf.md': ocsfPage(),
    'events/README.md': eventsPage(),
    ...eventSchemas(),
  };
}

function eventSchemas(): Readonly<Record<string, string>> {
  const pages = Object.entries(EVENT_SCHEMAS).map(([type, detail]) => {
    const json = z.toJSONSchema(detail, { unrepresentable: 'any' });
    const title = `detail of ${detailTypeOf({ type: type as keyof typeof EVENT_SCHEMAS })}`;
    return [`events/${type}.schema.json`, `${JSON.stringify({ title, ...json }, null, 2)}\n`];
  });
  return Object.fromEntries(pages);
}

function eventsPage(): string {
  const rows = [...EVENT_TYPES, ...PRINCIPAL_EVENT_TYPES].map(
    (type) => `| \`${detailTypeOf({ type })}\` | [\`${type}.schema.json\`](${type}.schema.json) |`,
  );
  return `# Events

Made by \`npm run reference\` from \`core/api/event-schemas.ts\`. On the bus, \`source\` is \`${EVENT_SOURCE}\` and
\`detail.version\` is ${EVENT_VERSION}. The version is raised when a change could break consumers; new fields do not raise it. An event
is delivered at least once, and only after the change it reports was written. Repeats have the same \`detail.id\`.

| \`detail-type\` | \`detail\` |
|---|---|
${rows.join('\n')}
`;
}

function cedarPage(): string {
  return `# The Cedar vocabulary

Made by \`npm run reference\` from \`core/bundle/cedar-schema.ts\`. Policies are checked strictly against
this schema: they can use only what it names.

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

A path that is known with another method gets 405 with \`Allow\`, any other path 404.

## Ids of principals in a path

Percent-encode the id once: \`people%3Aana\`, \`github%3A1001%2F2002\`. The broker takes what the gateway decoded as the id
and never decodes it again. The answer has the id in \`principal.id\`.

Gateways differ in how often they decode. An HTTP API of API Gateway was seen to decode twice what follows a \`%25\`, to
answer 400 where that is no escape, and to cut the path at a decoded \`?\`. So write an id that contains \`%\` or \`?\` as a
tilde and its base64url (RFC 4648, section 5): \`people:a%2Fb\` is \`~cGVvcGxlOmElMkZi\`. That works for every id and
arrives everywhere as it was sent. The \`valetkey\` command chooses by itself.

## Bodies

JSON in UTF-8 of at most 16 KiB, uncompressed; a byte order mark is left out. \`Content-Type\` may be missing. A key that an
object has twice is an error, and so is a query parameter that is there twice. A POST may carry an \`Idempotency-Key\`: the
same call is the same route, id and body, in whatever order its keys are.
`;
}
