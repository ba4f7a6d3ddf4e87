import * as z from 'zod';
import { OPERATIONS, type Operation } from './operations.ts';
import { extendBody, grantRequestBody, quarantineBody } from './requests.ts';
import * as responses from './responses.ts';
import * as reviewRequests from './review-requests.ts';
import * as reviewResponses from './review-responses.ts';
import { ROUTES, type RouteKey } from './routes.ts';
import { stats } from './stats-responses.ts';
import * as usageResponses from './usage-responses.ts';
import type { Json } from './wire.ts';

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

/** Bodies with a field that has to be there. */
const REQUIRED: readonly z.core.$ZodObject[] = [
  ...[grantRequestBody, extendBody, quarantineBody],
  ...[reviewRequests.startReviewBody, reviewRequests.itemsBody],
  ...[reviewRequests.decisionsBody, reviewRequests.signBody],
];

function describe(route: RouteKey, method: string, operation: Operation): Json {
  const open = ROUTES[route].open;
  const problems = [...operation.problems, ...(open ? [] : [401, 503])];
  const parameters = [
    ...pathParameters(route),
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
        required: REQUIRED.includes(operation.body),
        content: { 'application/json': { schema: schemaOf(operation.body, 'input') } },
      },
    }),
    responses: Object.fromEntries([
      ...Object.entries(operation.answers).map(([status, schema]) => [
        status,
        content(operation.type ?? 'application/json', schemaOf(schema, 'output')),
      ]),
      ...problems.map((status) => [status, content('application/problem+json', PROBLEM)]),
    ]),
  };
}

const PROBLEM: Json = { $ref: '#/components/schemas/Problem' };

const IDEMPOTENCY_KEY = parameter('header', 'Idempotency-Key', {
  type: 'string',
  maxLength: 255,
  description: 'Makes it safe to repeat this call: the same key never does the same twice',
});

function pathParameters(route: RouteKey): readonly Json[] {
  const names = [...route.matchAll(/\{([a-z]+)\}/g)].map(([, name = '']) => name);
  return names.map((name) => parameter('path', name, idSchema(route), true));
}

function idSchema(route: RouteKey): Json {
  if (!route.includes('/principals/')) return { type: 'string' };
  const description =
    'The id of the principal, percent-encoded once. An id that has % or ? as a tilde and its base64url (RFC 4648): gateways read those two in different ways.';
  return { type: 'string', description };
}

function parameter(place: string, name: string, schema: Json, required = false): Json {
  return { in: place, name, required, schema };
}

function queryParameters(query: z.core.$ZodObject | undefined): readonly Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) =>
    parameter('query', name, schema as Json, required.includes(name)),
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
  const words =
    route
      .toLowerCase()
      .replace(/ \/$/, ' /page')
      .match(/[a-z0-9]+/g) ?? [];
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
  const all = [responses, reviewResponses, usageResponses].flatMap((one) => Object.values(one));
  for (const schema of [...all, stats]) {
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
