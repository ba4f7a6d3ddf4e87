import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appSynth, cdkSynth, type Synthesis } from '../support/synth.ts';

const POLICY = fileURLToPath(new URL('../../policy', import.meta.url));

type Synthesised = Record<'good' | 'again' | 'badField' | 'badPolicy' | 'noPolicy', Synthesis>;

const folder = mkdtempSync(join(tmpdir(), 'valetkey-policies-'));
let synthesised: Synthesised;
beforeAll(async () => {
  const badField = broken('entitlements/artifacts-read.yaml', 'risk: low', 'risk: low\nseen: true');
  const badPolicy = broken(
    'policies/artifacts.cedar',
    'context.durationSeconds',
    'context.seconds',
  );
  const all = await Promise.all([
    cdkSynth(),
    appSynth(),
    appSynth({ policy: badField }),
    appSynth({ policy: badPolicy }),
    cdkSynth('policy=/nowhere'),
  ]);
  synthesised = {
    good: all[0],
    again: all[1],
    badField: all[2],
    badPolicy: all[3],
    noPolicy: all[4],
  };
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The example bundle with one mistake in it. */
function broken(file: string, from: string, to: string): string {
  const copy = mkdtempSync(join(folder, 'policy-'));
  cpSync(POLICY, copy, { recursive: true });
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
  writeFileSync(path, text.replace(from, to));
  return copy;
}

/** Without metadata: the command adds the constructs' paths, which are not deployed. */
function withoutMetadata(template: string): unknown {
  return JSON.parse(template, (key, value: unknown) => (key === 'Metadata' ? undefined : value));
}

describe('the app synthesises without an AWS account', () => {
  test('without errors, and with one warning: no address gets the alarms', () => {
    expect(synthesised.good).toMatchObject({ succeeded: true });
    expect(synthesised.good.output).not.toMatch(/error/i);
    const warnings = Array.from(
      synthesised.good.output.matchAll(/^.*warning.*$/gim),
      ([line]) => line,
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^WARNING Alarms reach nobody: mails\.security /),
    ]);
  });

  test('and passes cdk-nag’s AwsSolutions, with a reason for every acknowledged finding', () => {
    type Finding = { readonly ruleName: string; readonly reason?: string };
    type Report = {
      readonly pluginName: string;
      readonly conclusion: string;
      readonly violations: readonly Finding[];
      readonly suppressedViolations: readonly Finding[];
    };
    const { pluginReports } = JSON.parse(synthesised.good.validation) as {
      readonly pluginReports: readonly Report[];
    };
    expect(pluginReports).toMatchObject([
      { pluginName: 'AwsSolutions', conclusion: 'success', violations: [] },
    ]);
    const acknowledged = pluginReports.flatMap((report) => report.suppressedViolations);
    expect([...new Set(acknowledged.map(({ ruleName }) => ruleName))].toSorted()).toEqual([
      'AwsSolutions-APIG4',
      'AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/valetkey/ValetKey-kill]',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/*]',
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{"Fn::GetStackOutput":{"StackName":"ValetKey-state","OutputName":"LedgerBucketName"}}/*]`,
      'AwsSolutions-S1',
      'AwsSolutions-SQS3',
    ]);
    for (const { reason } of acknowledged) expect(reason?.length).toBeGreaterThan(20);
  });

  test('to the same template every time, with or without the CDK’s command', () => {
    const { good, again } = synthesised;
    expect(again).toMatchObject({ succeeded: true });
    expect(withoutMetadata(again.template)).toEqual(withoutMetadata(good.template));
  });

  test('for any account and Region', () => {
    expect(synthesised.good.template).not.toMatch(/\b\d{12}\b/);
    expect(synthesised.good.template).not.toMatch(/\b[a-z]{2}-[a-z]+-\d\b/);
  });

  test('and stays far below the limits of one stack', () => {
    const { template } = synthesised.good;
    const { Resources } = JSON.parse(template) as { readonly Resources: object };
    expect(Object.keys(Resources).length).toBeLessThan(400);
    expect(template.length).toBeLessThan(700_000);
  });
});

describe('a policy bundle with a mistake does not synthesise, and the message says where it is:', () => {
  test('an unknown field of an entitlement', () => {
    const { succeeded, output, template } = synthesised.badField;
    expect({ succeeded, template }).toEqual({ succeeded: false, template: '' });
    expect(output).toMatch(/entitlements\/artifacts-read\.yaml:7: .*seen/);
  });

  test('a policy that does not fit the schema', () => {
    const { succeeded, output, template } = synthesised.badPolicy;
    expect({ succeeded, template }).toEqual({ succeeded: false, template: '' });
    expect(output).toMatch(
      /policies\/artifacts\.cedar:8: policy 'artifacts-are-routine': .*seconds/,
    );
  });

  test('a missing folder, which does not count as an empty bundle', () => {
    const { succeeded, output, template } = synthesised.noPolicy;
    expect({ succeeded, template }).toEqual({ succeeded: false, template: '' });
    expect(output).toContain('/nowhere');
  });
});
