import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  APPROVAL_FIELDS,
  definitionHash,
  ENTITLEMENT_FIELDS,
  type FieldMeaning,
  PARAMETER_FIELDS,
} from '../../../core/bundle/definition.ts';
import type { Approval, Entitlement, ParameterSpec } from '../../../core/entitlement.ts';

/** Every field twice: the definition, and another value of each field. */

const PARAMETER: Required<ParameterSpec> = {
  pattern: 'a|b',
  description: 'A letter',
  maxLength: 1,
  values: ['a', 'b'],
  boolean: true,
  unicode: true,
};
const APPROVAL: Required<Approval> = {
  required: 2,
  refusals: 1,
  approvers: ['people:boss'],
  remindAfterSeconds: 60,
  escalateAfterSeconds: 120,
  escalateTo: ['people:chief'],
  lapseAfterSeconds: 3600,
  matchCode: true,
  samePerson: ['employee'],
};
const FULL: Required<Entitlement> = {
  id: 'read',
  title: 'Read',
  description: 'Reads',
  risk: 'low',
  labels: ['data'],
  target: 'arn:aws:iam::{{account}}:role/valetkey/read',
  maxDurationSeconds: 3600,
  sessionDurationSeconds: 3600,
  justification: 'required',
  parameters: { letter: PARAMETER },
  statements: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: ['arn:aws:s3:::acme/{{letter}}/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'true' } },
    },
  ],
  approval: APPROVAL,
  network: 'any',
  chainedRoles: ['arn:aws:iam::{{account}}:role/other'],
  job: ['run_id'],
  breakGlass: false,
  reviewAfterSeconds: 60,
  acknowledged: { wildcard: 'known' },
};

type Changed<T> = { readonly [Field in keyof Required<T>]: T[Field & keyof T] | undefined };

const OTHER_PARAMETER: Changed<ParameterSpec> = {
  pattern: 'a|b|c',
  description: 'One letter',
  maxLength: 2,
  values: ['a', 'b', 'c'],
  boolean: undefined,
  unicode: undefined,
};
const OTHER_APPROVAL: Changed<Approval> = {
  required: 3,
  refusals: 2,
  approvers: ['people:bosses'],
  remindAfterSeconds: 61,
  escalateAfterSeconds: undefined,
  escalateTo: [],
  lapseAfterSeconds: 3601,
  samePerson: ['employee', 'mail'],
  matchCode: undefined,
};
const OTHER: Changed<Omit<Entitlement, 'parameters' | 'approval'>> = {
  id: 'reads',
  title: 'Reads',
  description: undefined,
  risk: 'critical',
  labels: [],
  target: 'arn:aws:iam::{{account}}:role/valetkey/write',
  maxDurationSeconds: 60,
  sessionDurationSeconds: 900,
  justification: 'optional',
  statements: [{ Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['*'] }],
  network: 'bind',
  chainedRoles: [],
  job: ['run_id', 'run_attempt'],
  breakGlass: true,
  reviewAfterSeconds: 61,
  acknowledged: undefined,
};

const HASH = definitionHash(FULL);

type Row = readonly [field: string, meaning: FieldMeaning, changed: Entitlement];
const rows = <T extends object>(
  table: Readonly<Record<string, FieldMeaning>>,
  other: T,
  change: (field: Partial<T>) => Entitlement,
): readonly Row[] =>
  Object.entries(other).map(([field, value]) => [
    field,
    table[field] as FieldMeaning,
    change({ [field]: value } as Partial<T>),
  ]);

describe('the hash of a definition changes exactly with what grants:', () => {
  test.each<Row>([
    ...rows(ENTITLEMENT_FIELDS, OTHER, (field) => ({ ...FULL, ...field }) as Entitlement),
    ...rows(
      PARAMETER_FIELDS,
      OTHER_PARAMETER,
      (field) => ({ ...FULL, parameters: { letter: { ...PARAMETER, ...field } } }) as Entitlement,
    ),
    ...rows(
      APPROVAL_FIELDS,
      OTHER_APPROVAL,
      (field) => ({ ...FULL, approval: { ...APPROVAL, ...field } }) as Entitlement,
    ),
  ])('%s: %s', (_, meaning, changed) => {
    expect(definitionHash(changed) !== HASH).toBe(meaning === 'grants');
  });

  test('a parameter that is new, gone or has another name', () => {
    for (const parameters of [
      {},
      { character: PARAMETER },
      { letter: PARAMETER, other: PARAMETER },
    ]) {
      expect(definitionHash({ ...FULL, parameters })).not.toBe(HASH);
    }
  });

  test('an approval that is new or gone changes it only by who counts as one person', () => {
    const { approval: _, ...without } = FULL;
    expect(definitionHash(without)).not.toBe(HASH);
    const anybody = { ...FULL, approval: { ...APPROVAL, samePerson: [] } };
    expect(definitionHash(without)).toBe(definitionHash(anybody));
  });
});

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown, order: number): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, order));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const start = order % Math.max(1, fields.length);
  const turned = [...fields.slice(start), ...fields.slice(0, start)];
  const inOrder = order % 2 === 0 ? turned : turned.toReversed();
  return Object.fromEntries(inOrder.map(([name, field]) => [name, shuffled(field, order)]));
}

test('the hash does not depend on the order of keys', () => {
  const parameters = { letter: PARAMETER, a: PARAMETER, z: PARAMETER };
  const hash = definitionHash({ ...FULL, parameters });
  fc.assert(
    fc.property(fc.nat(40), (order) => {
      expect(definitionHash(shuffled({ ...FULL, parameters }, order) as Entitlement)).toBe(hash);
    }),
  );
});

test('the hash depends on the order of values, which says which is which', () => {
  const job = ['run_attempt', 'run_id'];
  const turned = definitionHash({ ...FULL, job: job.toReversed() });
  expect(definitionHash({ ...FULL, job })).not.toBe(turned);
});

test('an entitlement without what is empty has the hash of one that lists nothing', () => {
  const empty = { ...FULL, job: [], chainedRoles: [], parameters: {} };
  const { job: _, chainedRoles: __, parameters: ___, ...without } = empty;
  expect(definitionHash(empty)).toBe(
    definitionHash({ ...without, parameters: {} } as unknown as Entitlement),
  );
});
