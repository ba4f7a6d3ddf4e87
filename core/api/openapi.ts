import * as z from 'zod';
import {
  commentBody,
  emptyBody,
  extendBody,
  grantRequestBody,
  listQuery,
  reasonBody,
} from './requests.ts';
import * as responses from './responses.ts';
import { ROUTES, type RouteKey } from './routes.ts';
import type { Json } from './wire.ts';

type Operation = {
  readonly summary: string;
  readonly body?: z.core.$ZodObject;
  readonly query?: z.core.$ZodObject;
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** Statuses of problem documents, besides those that every call can return. */
  readonly problems: readonly number[];
};

const OPERATIONS: Readonly<Record<RouteKey, Operation>> = {
  'GET /.well-known/valetkey': {
    summary: 'Read what a client needs to sign in',
    answers: { 200: responses.discovery },
    problems: [],
  },
  'GET /v1/openapi.json': {
    summary: 'Read this document',
    answers: { 200: responses.document },
    problems: [],
  },
  'GET /v1/whoami': {
    summary: 'Read who you are to the broker, with the claims it used',
    answers: { 200: responses.whoami },
    problems: [],
  },
  'GET /v1/entitlements': {
    summary: 'List the entitlements you may request',
    answers: { 200: responses.entitlements },
    problems: [],
  },
  'GET /v1/entitlements/{id}': {
    summary: 'Read one entitlement',
    answers: { 200: responses.entitlement },
    problems: [404],
  },
  'POST /v1/evaluate': {
    summary:
      'Try a request without making a grant; returns the decision and the exact session policy',
    body: grantRequestBody,
    answers: { 200: responses.evaluation },
    problems: [400, 413],
  },
  'GET /v1/grants': {
    summary: 'List grants, newest first: your own, or all if you may audit',
    query: listQuery,
    answers: { 200: responses.grantPage },
    problems: [400],
  },
  'GET /v1/grants/{id}': {
    summary: 'Read one grant',
    answers: { 200: responses.grant },
    problems: [404],
  },
  'GET /v1/grants/{id}/events': {
    summary: "Read a grant's audit trail, oldest event first",
    answers: { 200: responses.events },
    problems: [404],
  },
  'GET /v1/decisions': {
    summary:
      'List recorded decisions, newest first, if you may audit. With Accept: application/jsonl, returns JSON lines, with the next page in the Link header',
    query: listQuery,
    answers: { 200: responses.decisionPage },
    problems: [400, 403],
  },
  'POST /v1/grants': {
    summary: 'Request a grant',
    body: grantRequestBody,
    answers: { 201: responses.grant },
    problems: [400, 403, 409, 413, 422],
  },
  'POST /v1/grants/{id}/approve': change('Vote to approve a request', commentBody),
  'POST /v1/grants/{id}/deny': change('Vote to deny a request', commentBody),
  'POST /v1/grants/{id}/withdraw': change('Withdraw your vote', commentBody),
  'POST /v1/grants/{id}/cancel': change('Cancel your request', reasonBody),
  'POST /v1/grants/{id}/extend': change(
    'Extend your grant; policy decides as it would for a new request',
    extendBody,
  ),
  'POST /v1/grants/{id}/review': change('Close the review of a break-glass use', commentBody),
  'POST /v1/grants/{id}/revoke': change(
    'End a grant; its status is revoking until the deny on its credentials was written and read back',
    reasonBody,
  ),
  'POST /v1/principals/{id}/revoke': principalChange('End all grants of a principal'),
  'POST /v1/principals/{id}/suspend': principalChange(
    'Suspend a principal, and end all of its grants',
  ),
  'POST /v1/principals/{id}/resume': principalChange('Resume a suspended principal'),
  'POST /v1/credentials': {
    summary: 'Request and vend in one call; 202 if an approval is required first',
    body: grantRequestBody,
    answers: { 200: responses.vended, 202: responses.waiting },
    problems: [400, 403, 409, 413, 422],
  },
  'POST /v1/grants/{id}/credentials': {
    summary: 'Vend credentials under an active grant',
    body: emptyBody,
    answers: { 200: responses.vended },
    problems: [400, 403, 404, 409, 413, 422],
  },
};

function change(summary: string, body: z.core.$ZodObject): Operation {
  const problems = [400, 403, 404, 409, 413, 422];
  return { summary, body, answers: { 200: responses.grant }, problems };
}

function principalChange(summary: string): Operation {
  const answers = { 200: responses.principalState };
  return { summary, body: reasonBody, answers, problems: [400, 403, 413] };
}

/** The OpenAPI 3.1 document, generated from the schemas that validate requests. */
export function openApiDocument(): { readonly [key: string]: Json } {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = describe(route as RouteKey, method, operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Valet Key',
      version: '1',
      description: 'Short, narrow AWS credentials on request.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

function describe(route: RouteKey, method: string, operation: Operation): Json {
  const open = ROUTES[route].open;
  const problems = [...operation.problems, ...(open ? [] : [401, 503])];
  const parameters = [
    ...(route.includes('{id}') ? [parameter('path', 'id', { type: 'string' }, true)] : []),
    ...queryParameters(operation.query),
    ...(method === 'POST' ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    summary: operation.summary,
    operationId: operationId(route),
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && {
      requestBody: {
        required: operation.body === grantRequestBody || operation.body === extendBody,
        content: { 'application/json': { schema: schemaOf(operation.body, 'input') } },
      },
    }),
    responses: Object.fromEntries([
      ...Object.entries(operation.answers).map(([status, schema]) => [
        status,
        content('application/json', schemaOf(schema, 'output')),
      ]),
      ...problems.map((status) => [status, content('application/problem+json', PROBLEM)]),
    ]),
  };
}

const PROBLEM: Json = { $ref: '#/components/schemas/Problem' };

const IDEMPOTENCY_KEY = parameter('header', 'Idempotency-Key', {
  type: 'string',
  maxLength: 255,
  description: 'Makes it safe to repeat this call: the same key never makes a second grant',
});

function parameter(place: string, name: string, schema: Json, required = false): Json {
  return { in: place, name, required, schema };
}

function queryParameters(query: z.core.$ZodObject | undefined): readonly Json[] {
  if (query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) =>
    parameter('query', name, schema as Json),
  );
}

function content(type: string, schema: Json): Json {
  return {
    description: type.includes('problem') ? 'Problem' : 'OK',
    content: { [type]: { schema } },
  };
}

/** `getV1GrantsIdEvents` from `GET /v1/grants/{id}/events`. */
function operationId(route: RouteKey): string {
  const words = route.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words
    .map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}

/** A schema with its named parts as references into `components`. */
function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, $defs: __, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return pointToComponents(json as Json);
}

function componentSchemas(): Json {
  const named = z.registry<{ id: string }>();
  for (const schema of Object.values(responses)) {
    const id = schema.meta()?.id;
    if (id !== undefined) named.add(schema, { id });
  }
  const { schemas } = z.toJSONSchema(named, {
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...json }]) => [id, json as Json]),
  );
}

function pointToComponents(json: Json): Json {
  return JSON.parse(JSON.stringify(json).replaceAll('#/$defs/', '#/components/schemas/')) as Json;
}
