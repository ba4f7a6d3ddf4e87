import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { only, resources } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** The app for a deployment that an earlier version made, whose state is named in `valetkey.yaml`. */

const KEY = 'arn:aws:kms:eu-central-1:222222222222:key/mrk-1a2b';
const STREAM = 'arn:aws:dynamodb:eu-central-1:222222222222:table/acme-grants/stream/2026';
const STATE = {
  table: { name: 'acme-grants', streamArn: STREAM, keyArn: KEY },
  ledger: { bucket: 'acme-ledger', keyArn: KEY },
  roles: ['vend', 'kill'],
};
const folder = mkdtempSync(join(tmpdir(), 'valetkey-state-'));
let moved: Synthesis;
beforeAll(async () => {
  const config = join(folder, 'valetkey.yaml');
  const place = { account: '222222222222', region: 'eu-central-1' };
  writeFileSync(config, JSON.stringify({ ...place, state: STATE }));
  moved = await appSynth({ config }, { validated: true });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const of = (id: string) => Template.fromJSON(JSON.parse(moved.templates[id] ?? '') as object);

test('the stack of the state makes only what is not named', () => {
  const { Resources } = of('ValetKeyState').toJSON() as { readonly Resources: object };
  expect(Object.values(Resources)).toMatchObject([
    { Type: 'AWS::IAM::Role', Properties: { RoleName: 'ValetKey-ledger' } },
  ]);
});

test('the bucket keeps its policy, under the logical id that an earlier version gave it, for the new role', () => {
  const [[id, policy] = ['', undefined]] = Object.entries(
    resources(of('ValetKey'), 'AWS::S3::BucketPolicy'),
  );
  expect(id).toBe('LedgerFilesPolicy25374E6D');
  expect(policy).toMatchObject({
    Properties: { Bucket: 'acme-ledger' },
    DeletionPolicy: 'RetainExceptOnCreate',
  });
  const document = JSON.stringify(policy?.Properties['PolicyDocument']);
  for (const sid of ['OnlyTheLedgerWrites', 'FilesAreWrittenOnce', 'NobodyDeletes']) {
    expect(document).toContain(sid);
  }
  expect(document).toContain(':role/ValetKey-ledger');
  expect(document).toContain('aws:SecureTransport');
});

test('the API and the workflow keep their logical ids, and so their names and the URL', () => {
  const ids = ['ApiHttp17514DA7', 'WorkflowStateMachine8F1B1C15'];
  const { Resources } = of('ValetKey').toJSON() as { readonly Resources: object };
  expect(Object.keys(Resources)).toEqual(expect.arrayContaining(ids));
});

test('the broker uses the table that is named, and reads its stream', () => {
  expect(only(of('ValetKey'), 'AWS::StepFunctions::StateMachine').Properties).toMatchObject({
    DefinitionSubstitutions: { TableName: 'acme-grants' },
  });
  expect(JSON.stringify(of('ValetKey'))).not.toContain('GetStackOutput');
  expect(JSON.stringify(resources(of('ValetKey'), 'AWS::Lambda::EventSourceMapping'))).toContain(
    STREAM,
  );
});

test('it passes cdk-nag', () => {
  const { pluginReports } = JSON.parse(moved.validation) as { readonly pluginReports: object[] };
  expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
});
