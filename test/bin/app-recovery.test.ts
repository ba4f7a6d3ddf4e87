import { beforeAll, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { actionsOf, resources, statementsByRole } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** What `-c recovery=on` changes. */

let [on, off, other]: (Synthesis | undefined)[] = [];
beforeAll(async () => {
  [on, off, other] = await Promise.all([
    appSynth({ recovery: 'on' }),
    appSynth({ recovery: 'off' }),
    appSynth({ recovery: 'true' }),
  ]);
}, 180_000);

/** What each Lambda of the broker has in `QUARANTINE`. */
function quarantines(synthesis: Synthesis | undefined): readonly unknown[] {
  const template = Template.fromJSON(JSON.parse(synthesis?.template ?? '{}'));
  return Object.values(resources(template, 'AWS::Lambda::Function')).flatMap(({ Properties }) => {
    const { Environment } = Properties as {
      readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
    };
    // Those of the CDK itself know no table.
    const { TABLE_NAME, QUARANTINE } = Environment?.Variables ?? {};
    return TABLE_NAME === undefined ? [] : [QUARANTINE];
  });
}

test('every Lambda keeps the quarantine with it, and none without', () => {
  expect(quarantines(on).length).toBeGreaterThan(10);
  expect(new Set(quarantines(on))).toEqual(new Set(['recovery']));
  expect(new Set(quarantines(off))).toEqual(new Set([undefined]));
});

type Parts = { readonly Resources: object; readonly Outputs: object };

/** A template without the Lambda that is there during a recovery alone. */
function withoutRecover(template = '{}'): Parts {
  const { Resources, Outputs, ...rest } = JSON.parse(template) as Parts;
  const kept = (all: object) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => !/^recover/i.test(id)));
  return { ...rest, Resources: kept(Resources), Outputs: kept(Outputs) };
}

test('nothing else of the broker is deployed in another way', () => {
  const without = on?.template.replaceAll(/,?\s*"QUARANTINE":\s*"recovery"/g, '');
  expect(withoutRecover(without)).toEqual(JSON.parse(off?.template ?? '{}'));
});

test('a Lambda rebuilds the state with it, and may neither delete the trail, nor sign, nor write policies', () => {
  const template = Template.fromJSON(JSON.parse(on?.template ?? '{}'));
  expect(Object.keys(template.toJSON()['Outputs'])).toContain('RecoverFunctionName');
  const statements = [...statementsByRole(template)].flatMap(([role, own]) =>
    /^recover/.test(role) ? own : [],
  );
  expect(actionsOf(statements).toSorted()).toEqual([
    ...['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:DescribeTable'],
    ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GetPublicKey'],
    ...['lambda:InvokeFunction', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    ...['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'],
    'states:StartExecution',
  ]);
  const [deletes] = statements.filter((one) => actionsOf([one]).includes('dynamodb:DeleteItem'));
  expect(JSON.stringify(deletes?.Condition)).toContain('GRANT#*');
});

test('another value is refused, with the values that there are', () => {
  expect(other).toMatchObject({
    ...{ succeeded: false, output: expect.stringContaining('recovery=true: write on or off') },
  });
});
