import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { ACCEPTED, entitlementOf } from '../support/pasted-policies.ts';

type Fields = Readonly<Record<string, unknown>>;

const HEADER = /^# yaml-language-server: \$schema=(\S+)\n/;

const BUNDLE_FILES = ['policy', 'ci/policy', 'test/e2e/policy'].flatMap((bundle) =>
  globSync(`${bundle}/**/*.yaml`).toSorted(),
);

// Formats stay annotations, as the drafts allow: the patterns beside them do the checking.
const ajv = new Ajv({ validateFormats: false, allowUnionTypes: true });

const VALIDATORS = {
  entitlements: validatorOf('entitlement'),
  issuers: validatorOf('issuers'),
  cases: validatorOf('cases'),
  limits: validatorOf('limits'),
  config: validatorOf('config'),
};

function validatorOf(name: string) {
  const path = `docs/reference/${name}.schema.json`;
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')));
  const mistakesIn = (value: unknown): readonly string[] =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return { path, mistakesIn };
}

/** What belongs to a file, by its place in the bundle. */
function validatorFor(file: string) {
  if (file.includes('/entitlements/')) return VALIDATORS.entitlements;
  if (file.endsWith('/limits.yaml')) return VALIDATORS.limits;
  return file.includes('/cases/') ? VALIDATORS.cases : VALIDATORS.issuers;
}

/** The value once for each key of each object whose keys are fixed, with that key misspelt. */
function misspelt(value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      misspelt(item).map(([key, wrong]) => [key, value.with(index, wrong)] as const),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Fields;
  return Object.entries(fields).flatMap(([key, inner]) => {
    const { [key]: _, ...rest } = fields;
    const here = [key, { ...rest, [`${key}x`]: inner }] as const;
    const inside = FREE_KEYS.includes(key) ? [] : misspelt(inner);
    return [here, ...inside.map(([name, wrong]) => [name, { ...fields, [key]: wrong }] as const)];
  });
}

/** Objects whose keys are the author's own. */
const FREE_KEYS = ['parameters', 'claims', 'Condition', 'entitlements'];

/** `parse` of plain YAML reads tabs, merge keys and `Null` in another way than bundles are read. */
const AS_PLAIN_YAML = ACCEPTED.filter(({ name }) => !/tabs|anchors|without quotes$/.test(name));

test.each(AS_PLAIN_YAML.map((pasted) => [pasted.name, pasted] as const))(
  'the schema of entitlements takes a pasted policy: %s',
  (_, pasted) => {
    expect(VALIDATORS.entitlements.mistakesIn(parse(entitlementOf(pasted)))).toEqual([]);
  },
);

describe.each(BUNDLE_FILES)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const { path, mistakesIn } = validatorFor(file);

  test('names its schema in the first line, for editors', () => {
    const [, named = ''] = HEADER.exec(text) ?? [];
    expect(join(dirname(file), named)).toBe(path);
  });

  test('is valid by that schema', () => {
    expect(mistakesIn(parse(text))).toEqual([]);
  });

  test('is not valid with any of its keys misspelt', () => {
    const wrong = misspelt(parse(text));
    expect(wrong.length).toBeGreaterThan(3);
    const accepted = wrong.filter(([, value]) => mistakesIn(value).length === 0);
    expect(accepted.map(([key]) => key)).toEqual([]);
  });
});

describe('the schema of valetkey.yaml', () => {
  const { mistakesIn } = VALIDATORS.config;
  const examples = ['docs/deploy.md', 'docs/target-accounts.md'].flatMap((page) =>
    Array.from(
      readFileSync(page, 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g),
      ([, text = '']) => parse(text) as Fields,
    ),
  );

  test('accepts the examples of the documentation', () => {
    expect(examples.length).toBeGreaterThan(1);
    for (const value of examples) expect(mistakesIn(value)).toEqual([]);
  });

  test('refuses a misspelt field', () => {
    for (const value of examples) {
      const { account, ...rest } = value;
      expect(mistakesIn({ ...rest, acount: account })).not.toEqual([]);
    }
  });
});
