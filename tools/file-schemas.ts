import * as z from 'zod';
import { grantRequestBody } from '../core/api/requests.ts';
import { entitlementFile } from '../core/bundle/entitlement-file.ts';
import { issuersFile } from '../core/bundle/issuers-file.ts';
import { limitsFile } from '../core/bundle/limits-file.ts';
import { configFile } from '../core/config/config-file.ts';
import { casesFile } from '../core/policy/cases-file.ts';

/**
 * JSON Schemas of the files that people write, for `docs/reference/`. Editors complete and check with
 * them: the first line of a bundle's YAML file names its schema.
 */
export function fileSchemas(): Readonly<Record<string, string>> {
  return {
    'entitlement.schema.json': schema(entitlementFile, 'An entitlement: entitlements/*.yaml'),
    'issuers.schema.json': schema(issuersFile, 'The issuers: issuers.yaml'),
    'limits.schema.json': schema(limitsFile, 'The limits: limits.yaml'),
    'cases.schema.json': schema(casesFile, 'Policy tests: cases/*.yaml'),
    'config.schema.json': schema(configFile, 'The deployment: valetkey.yaml'),
  };
}

/**
 * The file as its author writes it, before defaults and transforms. Draft 7, because that is the newest
 * draft that all releases of yaml-language-server validate with.
 */
const OPTIONS = { io: 'input', target: 'draft-7', unrepresentable: 'any' } as const;

function schema(file: z.ZodType, title: string): string {
  const json = z.toJSONSchema(file, {
    ...OPTIONS,
    override: ({ jsonSchema, path }) => {
      const place = path.join('/');
      if (file === casesFile && place === REQUEST) Object.assign(jsonSchema, request());
      if (file === entitlementFile && place === STATEMENTS) alsoPasted(jsonSchema);
    },
  });
  return `${JSON.stringify({ title, ...json }, null, 2)}\n`;
}

/** Where an entitlement has its statements, which Zod sees as the list that they become. */
const STATEMENTS = 'properties/statements';

/** The forms that `withStatements` reads: a list, one statement, or policies in the place of statements. */
function alsoPasted(list: { items?: unknown }): void {
  const ref = (name: string) => ({ $ref: `#/${STATEMENTS}/definitions/${name}` });
  const statement = list.items;
  const policy = {
    type: 'object',
    properties: {
      Version: { enum: ['2012-10-17', '2008-10-17'] },
      Id: { type: 'string' },
      Statement: { anyOf: [ref('statement'), { type: 'array', items: ref('statement') }] },
    },
    required: ['Statement'],
    additionalProperties: false,
  };
  const one = [ref('statement'), ref('policy')];
  for (const key of Object.keys(list)) Reflect.deleteProperty(list, key);
  Object.assign(list, {
    definitions: { statement, policy },
    anyOf: [...one, { type: 'array', items: { anyOf: one }, minItems: 1 }],
  });
}

/** Where a case has its request, which Zod sees as `unknown`: the schema of the HTTP API reads it. */
const REQUEST = 'items/properties/request';

function request(): object {
  const { $schema: _, ...json } = z.toJSONSchema(grantRequestBody, OPTIONS);
  return json;
}
