import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { only } from '../../support/broker-template.ts';

const TEXT = readFileSync(new URL('../../../workflow/grant.asl.json', import.meta.url), 'utf8');

/** How the stack deploys `workflow/grant.asl.json`; `test/workflow` tests the file itself. */
export function workflowTests(template: () => Template): void {
  test('the state machine gets exactly the substitutions that its definition uses', () => {
    const { Properties } = only(template(), 'AWS::StepFunctions::StateMachine');
    const asked = Array.from(TEXT.matchAll(/\$\{(\w+)\}/g), ([, name]) => name ?? '');
    const supplied = Object.keys(Properties['DefinitionSubstitutions'] as object);
    expect(supplied.toSorted()).toEqual([...new Set(asked)].toSorted());
    expect(Properties['DefinitionString']).toBe(TEXT);
  });

  test('it calls only what its role permits', () => {
    const called = Array.from(TEXT.matchAll(/"Resource": "arn:\$\{Partition\}:(.+)"/g));
    expect(new Set(called.map(([, resource]) => resource))).toEqual(
      new Set([
        'states:::aws-sdk:dynamodb:transactWriteItems.waitForTaskToken',
        'states:::lambda:invoke',
      ]),
    );
  });

  test('it may write exactly the attributes that its waits write', () => {
    const { States } = JSON.parse(TEXT) as { States: Record<string, object> };
    const [, item = '{}'] = /"Item":(\{.*?\}\})\}\}/.exec(JSON.stringify(States['AwaitEnd'])) ?? [];
    const written = Object.keys(JSON.parse(item) as object);
    expect(written).toHaveLength(6);
    const policies = JSON.stringify(template().findResources('AWS::IAM::Policy'));
    expect(policies).toContain(JSON.stringify({ 'dynamodb:Attributes': written }));
  });

  test('the state machine logs every step without its input and output', () => {
    expect(only(template(), 'AWS::StepFunctions::StateMachine').Properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });
}
