import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { appSynth, cdkSynth, type Synthesis } from '../support-api/synth.ts';

const POLICY = fileURLToPath(new URL('../../policy', import.meta.url));

/** The command adds the constructs' paths, and nothing that is deployed. */
function withoutMetadata(template: string): unknown {
  return JSON.parse(template, (key, value: unknown) => (key === 'Metadata' ? undefined : value));
}

describe('the app synthesises without an AWS account', () => {
  let synthesis: Synthesis;
  beforeAll(() => {
    synthesis = cdkSynth();
  }, 30_000);

  test('and says nothing of errors or warnings', () => {
    expect(synthesis).toMatchObject({ status: 0 });
    expect(synthesis.output).not.toMatch(/error|warning/i);
  });

  test('and passes cdk-nag’s AwsSolutions, but for what is acknowledged with a reason', () => {
    type Finding = { readonly ruleName: string; readonly reason?: string };
    type Report = {
      readonly pluginName: string;
      readonly conclusion: string;
      readonly violations: readonly Finding[];
      readonly suppressedViolations: readonly Finding[];
    };
    const { pluginReports } = JSON.parse(synthesis.validation) as { pluginReports: Report[] };
    expect(pluginReports).toMatchObject([
      { pluginName: 'AwsSolutions', conclusion: 'success', violations: [] },
    ]);
    const excused = pluginReports.flatMap((report) => report.suppressedViolations);
    expect([...new Set(excused.map(({ ruleName }) => ruleName))].toSorted()).toEqual([
      'AwsSolutions-APIG4',
      'AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions-SQS3',
    ]);
    for (const { reason } of excused) expect(reason?.length).toBeGreaterThan(20);
  });

  test('and to the very same template every time, with or without the CDK’s command', () => {
    const again = appSynth();
    expect(again).toMatchObject({ status: 0 });
    expect(withoutMetadata(again.template)).toEqual(withoutMetadata(synthesis.template));
  });

  test('for whatever account and Region it is deployed to', () => {
    expect(synthesis.template).not.toMatch(/\b\d{12}\b/);
    expect(synthesis.template).not.toMatch(/\b[a-z]{2}-[a-z]+-\d\b/);
  });

  test('and stays far below what one stack may hold', () => {
    const { Resources } = JSON.parse(synthesis.template) as { Resources: object };
    expect(Object.keys(Resources).length).toBeLessThan(400);
    expect(synthesis.template.length).toBeLessThan(700_000);
  });
});

describe('a policy bundle with a mistake does not synthesise, and the message says where:', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'valetkey-policy-'));
    cpSync(POLICY, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function change(file: string, from: string, to: string): Synthesis {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    return appSynth({ policy: folder });
  }

  test('an unknown field of an entitlement', () => {
    const { status, output, template } = change(
      'entitlements/artifacts-read.yaml',
      'risk: low',
      'risk: low\nreviewed: true',
    );
    expect(status).not.toBe(0);
    expect(output).toMatch(/entitlements\/artifacts-read\.yaml:6: .*reviewed/);
    expect(template).toBe('');
  });

  test('a policy that does not fit the schema', () => {
    const { status, output, template } = change(
      'policies/artifacts.cedar',
      'context.durationSeconds <=',
      'context.seconds <=',
    );
    expect(status).not.toBe(0);
    expect(output).toMatch(
      /policies\/artifacts\.cedar:8: policy 'artifacts-are-routine': .*seconds/,
    );
    expect(template).toBe('');
  });
});

test('a policy bundle that is not there is a mistake, not an empty bundle', () => {
  const { status, output, template } = cdkSynth('policy=/nowhere');
  expect(status).not.toBe(0);
  expect(output).toContain('/nowhere');
  expect(template).toBe('');
});
