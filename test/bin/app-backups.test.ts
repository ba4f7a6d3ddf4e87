import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { only, resources } from '../support/broker-template.ts';
import { appSynth } from '../support/synth.ts';

/** The app with a configuration of its backups, and what guards its keys. */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-backups-'));
let template: Template;
let state: Template;
beforeAll(async () => {
  const config = join(folder, 'valetkey.yaml');
  writeFileSync(config, JSON.stringify({ backups: { pitrDays: 14 } }));
  const made = await appSynth({ config }, { validated: true });
  if (!made.succeeded) throw new Error(made.output);
  template = Template.fromJSON(JSON.parse(made.template) as object);
  state = Template.fromJSON(JSON.parse(made.templates['ValetKeyState'] ?? '{}') as object);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the table can be restored to any second of as many days as the configuration says', () => {
  expect(only(state, 'AWS::DynamoDB::Table').Properties).toMatchObject({
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 14,
    },
  });
});

test('the security topic hears of a key of the broker that is disabled or to be deleted', () => {
  const rules = Object.entries(resources(template, 'AWS::Events::Rule'));
  const [, rule] = rules.find(([id]) => id.startsWith('KeyWatch')) ?? [];
  expect(rule?.Properties).toMatchObject({
    EventPattern: {
      source: ['aws.kms'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventName: ['DisableKey', 'ScheduleKeyDeletion'],
        resources: { ARN: [keyOf('TableKeyArn'), keyOf('LedgerKeyArn')] },
      },
    },
    Targets: [{ Arn: { Ref: expect.stringMatching(/^EventsSecurity/) } }],
  });
  const policies = Object.values(resources(template, 'AWS::SNS::TopicPolicy'));
  const allowed = policies.filter(({ Properties }) =>
    JSON.stringify(Properties).includes('events.amazonaws.com'),
  );
  expect(allowed).toHaveLength(1);
});

function keyOf(OutputName: string) {
  return { 'Fn::GetStackOutput': { StackName: 'ValetKey-state', OutputName } };
}
