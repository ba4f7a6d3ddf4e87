import { describe, expect, test } from '@jest/globals';
import type { Entitlement, ParameterSpec, Statement } from '../../../core/entitlement.ts';
import { checkFills, mistakeInTemplate } from '../../../core/session-policy/fills.ts';
import { entitlementWith } from '../../second-opinion/entitlements.ts';

const SPEC: ParameterSpec = { pattern: '.+', description: 'Anything', maxLength: 64 };

function entitlementOf(statement: Partial<Statement>): Entitlement {
  const whole: Statement = {
    Effect: 'Allow',
    Action: ['s3:GetObject'],
    Resource: ['*'],
    ...statement,
  };
  return entitlementWith({ p: SPEC, q: SPEC }, [whole]);
}

const mistakes = (statement: Partial<Statement>, p: string, q = 'x') =>
  checkFills(entitlementOf(statement), { p, q });

describe('the values of a grant', () => {
  test.each<[Partial<Statement>, string]>([
    [{ Resource: ['arn:aws:s3:{{p}}:{{account}}:a'] }, 'eu-central-1'],
    [{ Resource: ['arn:{{partition}}:s3:::a/{{p}}'] }, 'a b:c'],
    [{ Condition: { ArnLike: { 'aws:SourceArn': '{{p}}' } } }, 'arn:aws:sns:*:*:topic'],
    [{ Condition: { DateLessThan: { 'aws:CurrentTime': '{{p}}' } } }, '2026-11-26'],
    [{ Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '{{p}}/32'] } } }, '192.0.2.1'],
    [{ Condition: { StringLike: { 's3:prefix': '{{p}}/*' } } }, '{{region}'],
    [{ Condition: { StringLike: { 's3:prefix': 'a:{{p}}:c:d:e:f' } } }, 'x:y'],
  ])('may make a valid statement of %j', (statement, p) => {
    expect(mistakes(statement, p)).toEqual([]);
  });

  test.each<[Partial<Statement>, string, string]>([
    [
      { Resource: ['arn:aws:s3:{{p}}:{{account}}:a'] },
      'EU',
      "makes 'arn:aws:s3:EU:000000000000:a', which has 'EU' for its Region",
    ],
    [
      { Resource: ['arn:{{p}}:s3:::a'] },
      'aws-cn',
      'is in the partition aws-cn, and the target role in aws',
    ],
    [{ NotResource: ['arn:aws:iam::{{account}}:{{p}}'] }, ' x ', 'begins or ends with a blank'],
    [
      { Condition: { DateLessThan: { 'aws:CurrentTime': '{{p}}' } } },
      '2026-02-30',
      "makes '2026-02-30', which is not a time",
    ],
    [
      { Condition: { NumericLessThan: { 's3:max-keys': '{{q}}{{p}}' } } },
      '1',
      "makes 'x1', which is not a number",
    ],
    [
      { Resource: ['arn:aws:sqs:{{p}}:{{account}}:jobs'] },
      'eu-central-1:999988887777',
      "has a colon, which moves the parts of 'arn:aws:sqs:{{p}}:{{account}}:jobs'",
    ],
    [
      { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:{{p}}:{{account}}:topic' } } },
      'eu-central-1:999988887777',
      "has a colon, which moves the parts of 'arn:aws:sns:{{p}}:{{account}}:topic'",
    ],
  ])('may not make an invalid statement of %j', (statement, p, says) => {
    expect(mistakes(statement, p)).toEqual([
      {
        pointer: says.includes('x1') ? '/parameters/q' : '/parameters/p',
        detail: expect.stringContaining(says),
      },
    ]);
  });

  test('are each named once', () => {
    expect(
      mistakes({ Resource: ['arn:aws:s3:{{p}}::a', 'arn:aws:s3:{{p}}::b'] }, 'EU'),
    ).toHaveLength(1);
  });

  test('are not judged by texts that they are not part of', () => {
    expect(mistakes({ Resource: ['not an ARN', 'arn:aws:s3:::{{p}}'] }, 'x')).toEqual([]);
  });
});

describe('a text of an entitlement', () => {
  const listed = (...values: readonly string[]): ParameterSpec => ({ ...SPEC, values });
  const mistake = (text: string, parameters: Readonly<Record<string, ParameterSpec>>) =>
    mistakeInTemplate(
      { path: ['Resource'], text, kind: 'resource' },
      { ...entitlementOf({}), parameters },
    );
  const many = Array.from({ length: 9 }, (_, index) => `eu-north-${index + 1}`);

  test('is judged by each of the values that are listed, and not by those that are not known', () => {
    const text = 'arn:aws:sqs:{{region}}:{{account}}:{{p}}-{{q}}';
    expect(mistake(text, { p: SPEC, q: listed('a', 'b') })).toBeNull();
    expect(mistake('arn:aws:sqs:{{p}}::a', { p: listed('eu-north-1', 'EU') })).toBe(
      "'arn:aws:sqs:EU::a' has 'EU' for its Region; write one such as eu-central-1, or leave it empty",
    );
    expect(mistake('arn:aws:sqs:EU::{{q}}', { q: SPEC })).toMatch(
      /^'arn:aws:sqs:EU::\{\{q\}\}' has/,
    );
  });

  test('is judged by every value beside the first of the others where the combinations are many', () => {
    const parameters = { p: listed(...many), q: listed(...many) };
    expect(mistake('arn:aws:sqs:{{p}}:{{account}}:{{q}}', parameters)).toBeNull();
    const wrong = { ...parameters, q: listed(...many, 'EU') };
    for (const text of ['arn:aws:sqs:{{q}}::{{p}}', 'arn:aws:sqs:{{q}}:{{account}}:{{p}}']) {
      expect(mistake(text, wrong)).toMatch(/^'arn:aws:sqs:EU:\d*:eu-north-1' has 'EU' for its/);
    }
  });

  test.each([
    [8, 8, "'arn:aws-cn:s3:::a' is in the partition aws-cn, and the target role in aws"],
    [5, 13, null],
  ])('is judged by the combinations of %i and %i values, up to 64', (first, second, says) => {
    // Wrong is nothing but the last value of both together.
    const stars = (count: number) =>
      Array.from({ length: count - 1 }, (_, at) => '*'.repeat(at + 1));
    const parameters = { p: listed(...stars(first), 'aw'), q: listed(...stars(second), 's-cn') };
    const found = mistake('arn:{{p}}{{q}}:s3:::a', parameters);
    expect(found).toEqual(says === null ? null : expect.stringContaining(says));
  });

  test('may not have a listed value with a colon where that moves the parts of an ARN', () => {
    const parameters = { p: listed('eu-north-1', 'eu-north-1:999988887777') };
    expect(mistake('arn:aws:sqs:{{p}}:{{account}}:jobs', parameters)).toBe(
      'has a value of {{p}} with a colon, which moves the parts of the ARN; write it without',
    );
    expect(mistake('arn:aws:sqs:eu-north-1:{{account}}:{{p}}', parameters)).toBeNull();
  });

  test('of more than 120 characters is shown shortened', () => {
    const shownOf = (length: number) =>
      mistake('x'.repeat(length), {})?.replace(/ is neither.*$/, '');
    expect(shownOf(120)).toBe(`'${'x'.repeat(120)}'`);
    expect(shownOf(121)).toBe(`'${'x'.repeat(120)}…'`);
  });
});
