import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../core/api/routes.ts';
import { ALL_ROUTES } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';

type Schema = Readonly<Record<string, unknown>>;
type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Schema[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, Schema>>;
};
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

let api: ApiUnderTest;
let document: Document;
beforeAll(async () => {
  api = await startApi();
  document = (await api.call('GET /v1/openapi.json')).body as unknown as Document;
});
afterAll(() => api.stop());

function operationOf(route: string): Operation {
  const [method = '', path = ''] = route.split(' ');
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`the document lacks ${route}`);
  return operation;
}

/** Every object in the value, with its JSON pointer. */
function* objectsIn(value: unknown, place = '#'): Generator<[string, Schema]> {
  if (typeof value !== 'object' || value === null) return;
  yield [place, value as Schema];
  for (const [key, child] of Object.entries(value)) yield* objectsIn(child, `${place}/${key}`);
}

function lookUp(reference: string): unknown {
  const parts = reference.slice(2).split('/');
  return parts.reduce<unknown>((value, part) => (value as Schema | undefined)?.[part], document);
}

test('the document is OpenAPI 3.1 and lists exactly the routes of the API', () => {
  const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(document.openapi).toBe('3.1.0');
  expect(listed.toSorted()).toEqual(ALL_ROUTES.toSorted());
});

test('every reference resolves', () => {
  const references = [...objectsIn(document)].flatMap(([, { $ref }]) =>
    typeof $ref === 'string' ? [$ref] : [],
  );
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    expect(reference).toMatch(/^#\/components\/schemas\//);
    expect([reference, typeof lookUp(reference)]).toEqual([reference, 'object']);
  }
});

test('every type is one of JSON Schema, and every required property is declared', () => {
  const types = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];
  for (const [place, { type, required, properties }] of objectsIn(document)) {
    if (place.endsWith('/properties')) continue;
    if (typeof type === 'string' && !place.endsWith('/token')) expect(types).toContain(type);
    if (!Array.isArray(required)) continue;
    for (const name of required) expect(properties).toHaveProperty([name as string]);
  }
});

test('every operation has a unique name and a summary', () => {
  const names = ALL_ROUTES.map((route) => operationOf(route).operationId);
  expect(new Set(names).size).toBe(ALL_ROUTES.length);
  for (const route of ALL_ROUTES) expect(operationOf(route).summary).not.toBe('');
});

describe.each(ALL_ROUTES)('%s', (route) => {
  test('declares whether it needs a token, and its answer without one', () => {
    const { security, responses } = operationOf(route);
    expect(security).toEqual(ROUTES[route].open ? [] : undefined);
    expect(Object.hasOwn(responses, '401')).toBe(!ROUTES[route].open);
  });

  test('declares its path parameters', () => {
    const inPath = (operationOf(route).parameters ?? []).filter(
      (parameter) => parameter['in'] === 'path',
    );
    const names = Array.from(route.matchAll(/\{(\w+)\}/g), ([, name]) => name);
    expect(inPath).toMatchObject(names.map((name) => ({ name, required: true })));
  });
});

test('the body of a grant request allows no other fields', () => {
  for (const route of ['POST /v1/grants', 'POST /v1/credentials', 'POST /v1/evaluate']) {
    const schema = operationOf(route).requestBody?.content['application/json']?.schema;
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['entitlement', 'durationSeconds'],
    });
    expect(schema?.['properties']).not.toHaveProperty('admin');
  }
});

test('a query parameter that a call needs is marked as required, and no other', () => {
  const needed = ALL_ROUTES.flatMap((route) =>
    (operationOf(route).parameters ?? [])
      .filter((parameter) => parameter['in'] === 'query' && parameter['required'] === true)
      .map((parameter) => [route, parameter['name']]),
  );
  const event = 'GET /v1/audit/events/{event}';
  expect(needed).toContainEqual([event, 'principal']);
  expect(needed).toContainEqual([event, 'at']);
  expect(needed).toContainEqual(['GET /v1/principals', 'suspended']);
  expect(needed).toHaveLength(3);
});
