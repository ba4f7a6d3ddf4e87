import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { resources } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** The app that delivers events to a bucket of its own. */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-delivery-'));
let made: Synthesis;
beforeAll(async () => {
  const config = join(folder, 'valetkey.yaml');
  writeFileSync(config, 'delivery: {}\n');
  made = await appSynth({ config }, { validated: true });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the bucket of the SIEM is the stack’s where none is named, closed and kept', () => {
  expect(made).toMatchObject({ succeeded: true });
  const template = Template.fromJSON(JSON.parse(made.template) as object);
  const buckets = Object.entries(resources(template, 'AWS::S3::Bucket'));
  const [, bucket] = buckets.find(([id]) => id.startsWith('Delivery')) ?? [];
  expect(bucket).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: {
      BucketEncryption: expect.anything(),
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
    },
  });
  expect(Object.values(template.findOutputs('DeliveryBucketName'))).toEqual([
    { Value: { Ref: expect.stringMatching(/^DeliveryBucket/) } },
  ]);
});

test('it passes cdk-nag', () => {
  const { pluginReports } = JSON.parse(made.validation) as { readonly pluginReports: object[] };
  expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
  expect(made.output).not.toMatch(/error|warning/i);
});
