import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkEntitlement } from '../../core/bundle/check-entitlement.ts';
import { entitlementFile } from '../../core/bundle/entitlement-file.ts';
import { withStatements } from '../../core/bundle/pasted-policy.ts';
import { readYaml } from '../../core/bundle/yaml-file.ts';
import type { Entitlement } from '../../core/entitlement.ts';
import { composeSessionPolicy } from '../../core/session-policy/compose.ts';
import { checkFills } from '../../core/session-policy/fills.ts';
import { checkParameters } from '../../core/session-policy/parameters.ts';
import { DEPLOYMENT } from './grants.ts';
import { simulate } from './simulate.ts';

/** Statements of right and wrong pieces, of which some compile. */

const pick = <T>(...from: readonly T[]) => fc.constantFrom(...from);

const OPERATORS = [
  ...['StringEquals', 'StringNotLike', 'StringEqualsIgnoreCase', 'NumericLessThan', 'DateEquals'],
  ...['Bool', 'BinaryEquals', 'IpAddress', 'ArnLike', 'Null', 'stringEquals', 'StringEqual', ''],
];
const operator = fc
  .tuple(
    pick('', '', '', 'ForAllValues:', 'ForAnyValue:', 'forEach:'),
    pick(...OPERATORS),
    pick('', '', '', 'IfExists'),
  )
  .map((parts) => parts.join(''));

const value = pick<unknown>(
  ...[
    'x',
    '',
    'true',
    true,
    10,
    '10',
    '0.5',
    '2026-11-26',
    '2026-02-30',
    '10.0.0.0/8',
    '10.0.0.0/40',
  ],
  ...['::1', 'QmluYXJ5', 'arn:aws:s3:::a', 'arn:aws:s3', '*', '{{p}}', '{{p}}/24', '{{partition}}'],
  ...['${aws:username}', '${AWS::Region}', '${aws:username', 'a\nb', null],
);
const key = pick(
  'aws:username',
  'aws:SourceIp',
  'aws:ResourceTag/team',
  'username',
  'aws:',
  '{{p}}:x',
);
const block = (name: string, ...values: readonly unknown[]) =>
  fc.tuple(fc.constant(name), pick(...values)).map(([one, text]) => ({ [one]: { 'aws:x': text } }));
const condition = fc.oneof(
  fc.dictionary(operator, fc.dictionary(key, value, { maxKeys: 1 }), { maxKeys: 1 }),
  block('NumericLessThan', 10, '10', '{{p}}', '{{p}}0'),
  block('DateEqualsIfExists', '2026-11-26', '{{p}}', '{{p}}T00:00Z'),
  block('ForAnyValue:ArnLike', 'arn:aws:s3:::a', 'arn:*:sns:{{p}}:{{account}}:x', '{{p}}'),
  block('StringLike', '{{p}}', '${aws:x}{{p}}', 'a*'),
  block('NotIpAddress', '10.0.0.0/8', '{{p}}'),
);
const part = pick(
  '',
  '*',
  'aws',
  's3',
  'iam',
  '{{p}}',
  '{{region}}',
  '{{account}}',
  '{{partition}}',
  'x y',
  '${aws:x}',
  'A',
);
const arn = fc
  .tuple(pick('arn', 'arn', 'arn', 'ARN', ''), fc.array(part, { minLength: 3, maxLength: 6 }))
  .map(([prefix, parts]) => [prefix, ...parts].join(':'));
const good = pick(
  '*',
  'arn:aws:s3:::a/{{p}}',
  'arn:{{partition}}:sqs:{{region}}:{{account}}:{{p}}',
);

const statement = fc.record(
  {
    Sid: pick<unknown>('One', 7),
    Effect: pick('Allow', 'Deny', 'Deny', 'allow'),
    Action: fc.oneof(
      { weight: 3, arbitrary: pick('s3:GetObject', '*', 's3:*') },
      pick('*:*', 's3', 's3: Get', 's3:Get:Object', 's3:{{p}}'),
    ),
    Resource: fc.oneof({ weight: 3, arbitrary: good }, arn),
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
);
const parameter = pick(
  'a',
  '10',
  'eu-central-1',
  '2026-11-26',
  'x y',
  'a:b',
  '111122223333',
  'aws-cn',
);

const CALL = { action: 's3:GetObject', resource: 'arn:aws:s3:::a/a', now: 0, context: {} };

function read(statements: readonly object[]): Entitlement | null {
  const text = JSON.stringify({
    id: 'generated',
    title: 'Generated',
    risk: 'low',
    target: 'arn:aws:iam::{{account}}:role/generated',
    maxDuration: '1h',
    parameters: { p: { pattern: '[a-zA-Z0-9: -]{1,20}', description: 'Anything' } },
    statements: { Version: '2012-10-17', Statement: statements },
  });
  const file = readYaml('generated.yaml', text, entitlementFile, withStatements);
  if (!file.ok) return null;
  const mistakes = checkEntitlement(file.value, []).filter(
    ({ message }) => !message.includes('is not used in any statement'),
  );
  return mistakes.length > 0 ? null : file.value.value;
}

/** IAM's own rules for what the simulator does not look at. */
function grammarMistakes(policy: string): readonly string[] {
  const { Statement } = JSON.parse(policy) as { Statement: readonly Record<string, unknown>[] };
  const mistakes: string[] = [];
  for (const { Resource, Condition = {} } of Statement) {
    for (const resource of [Resource].flat()) {
      const [, partition, service, region, account] = String(resource).split(':');
      if (resource === '*') continue;
      if (String(resource).split(':').length < 6) mistakes.push(`parts: ${resource}`);
      if (partition !== 'aws' && partition !== '*') mistakes.push(`partition: ${resource}`);
      if (!/^[a-z0-9*-]+$/.test(service ?? '')) mistakes.push(`service: ${resource}`);
      if (/[\s$A-Z]/.test(`${region}${account}`)) mistakes.push(`field: ${resource}`);
    }
    for (const [name, keys] of Object.entries(Condition as Record<string, object>)) {
      if (
        !/^((ForAllValues|ForAnyValue):)?(String|Numeric|Date|Bool|Binary|(Not)?IpAddress|Arn|Null)/.test(
          name,
        )
      )
        mistakes.push(`operator: ${name}`);
      if (/^Null./.test(name)) mistakes.push(`operator: ${name}`);
      for (const text of Object.values(keys).flat()) {
        if (/Numeric/.test(name) && Number.isNaN(Number(text))) mistakes.push(`number: ${text}`);
        if (/Date/.test(name) && !/^[0-9]+$/.test(text) && Number.isNaN(Number(new Date(text))))
          mistakes.push(`date: ${text}`);
        if (/Null/.test(name) && !/^(true|false)$/.test(text)) mistakes.push(`null: ${text}`);
        if (/Arn/.test(name) && !/^(\*|\$|arn:(.*:){4})/.test(text)) mistakes.push(`arn: ${text}`);
        if (/\n/.test(text)) mistakes.push(`line: ${text}`);
        if (/\$\{(?!aws:)/.test(text)) mistakes.push(`variable: ${text}`);
      }
    }
  }
  return mistakes;
}

describe('whatever compiles', () => {
  test('is valid IAM with every value that a request may have, as a simulator and the grammar say', async () => {
    const counts = { compiled: 0, refused: 0, filled: 0, conditions: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement, { minLength: 1, maxLength: 2 }),
        parameter,
        async (statements, p) => {
          const entitlement = read(statements);
          if (entitlement === null) {
            counts.refused += 1;
            return;
          }
          counts.compiled += 1;
          const values = checkParameters(entitlement, { p });
          if (!values.ok || checkFills(entitlement, values.value).length > 0) return;
          const policy = composeSessionPolicy({
            entitlement,
            parameters: values.value,
            scope: null,
            deployment: DEPLOYMENT,
            expiresAt: 1,
            sourceIp: '203.0.113.7',
          });
          if (!policy.ok) throw new Error(policy.error.code);
          expect(grammarMistakes(policy.value)).toEqual([]);
          expect(typeof (await simulate(policy.value, CALL))).toBe('boolean');
          counts.filled += 1;
          if (statements.some(({ Condition }) => Condition !== undefined)) counts.conditions += 1;
        },
      ),
      { numRuns: 3_000 },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(30);
  }, 120_000);
});
