import { describe, expect, test } from '@jest/globals';
import { agentFamily } from '../../../core/usage/agent-family.ts';

describe('the family of a user agent', () => {
  test.each([
    ['aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux', 'aws-cli'],
    ['[aws-cli/1.16.213 Python/3.7 Linux/4.9 botocore/1.12]', 'aws-cli'],
    ['Boto3/1.40.1 md/Botocore#1.40.1', 'Boto3'],
    ['aws-sdk-go-v2/1.24.1 os/linux lang/go#1.20.12', 'aws-sdk-go-v2'],
    [
      'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.57',
      'Terraform',
    ],
    ['APN/1.0 Acme/1.0', 'Acme'],
    ['APN/1.0', 'APN'],
    ['[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.590 Linux/4.9]', 'console'],
    ['signin.amazonaws.com', 'console'],
    ['console.ec2.amazonaws.com', 'console'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 'browser'],
    ['cloudformation.amazonaws.com', 'cloudformation.amazonaws.com'],
    ['athena.amazonaws.com', 'athena.amazonaws.com'],
    ['AWS Internal', 'AWS Internal'],
    ['Consoler/1.0', 'Consoler'],
    ['"curl/8.5.0"', 'curl'],
    ['(none)', 'other'],
    ['', null],
    ['  ', null],
    [null, null],
  ])('%p is %p', (agent, family) => {
    expect(agentFamily(agent)).toBe(family);
  });

  test('does not change with the version', () => {
    expect(agentFamily('aws-cli/1.0')).toBe(agentFamily('aws-cli/2.0'));
  });

  test('has no control characters and is short, whatever is sent', () => {
    expect(agentFamily('\u001b[31mred/1')).toBe('other');
    expect(agentFamily('x'.repeat(10_000))).toHaveLength(64);
  });
});
