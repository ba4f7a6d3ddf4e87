import { describe, expect, test } from '@jest/globals';
import { openApiDocument } from '../../../core/api/openapi.ts';
import { OPERATIONS } from '../../../core/api/operations.ts';
import { ROUTES } from '../../../core/api/routes.ts';

type Described = {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
};

const DOCUMENT = openApiDocument() as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
};
const described = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  test('describes every route, with what it does and what it answers', () => {
    const routes = described.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(routes.toSorted()).toEqual(Object.keys(ROUTES).toSorted());
    for (const { path, method, operation } of described) {
      const { summary, answers, problems } =
        OPERATIONS[`${method.toUpperCase()} ${path}` as keyof typeof OPERATIONS];
      expect(operation.summary).toBe(summary);
      expect(summary).toMatch(/^[A-Z]/);
      const statuses = [...Object.keys(answers), ...problems.map(String)];
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(statuses));
    }
  });

  test('says which answers are problems', () => {
    for (const { operation } of described) {
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect([status, description]).toEqual([status, /^[45]/.test(status) ? 'Problem' : 'OK']);
      }
    }
  });

  test('names every parameter of every path', () => {
    for (const { path, operation } of described) {
      const names = operation.parameters?.filter((one) => one.in === 'path') ?? [];
      const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      expect(names.map(({ name }) => name)).toEqual(inPath);
    }
  });

  test('has an id of its own for each operation, in camel case', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^(get|post|delete|put|patch)([A-Z][a-z0-9]*)+$/);
    const events = DOCUMENT.paths['/v1/grants/{id}/events']?.['get'];
    expect(events?.operationId).toBe('getV1GrantsIdEvents');
  });

  test('refers only to parts that it has', () => {
    const text = JSON.stringify(DOCUMENT);
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(names.length).toBeGreaterThan(20);
    expect(text).not.toContain('$defs');
    for (const [, name = ''] of names) expect(DOCUMENT.components.schemas).toHaveProperty(name);
  });
});
