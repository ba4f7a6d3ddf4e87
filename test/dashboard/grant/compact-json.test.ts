import { expect, test } from '@jest/globals';
import { compactJson } from '../../../dashboard/grant/compact-json.ts';

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: 'arn:aws:s3:::acme-artifacts/releases/1/*',
    },
    { Effect: 'Deny', Action: '*', Resource: '*' },
  ],
};

test('it is the same JSON, with short things on one line', () => {
  const text = compactJson(POLICY);
  expect(JSON.parse(text)).toEqual(POLICY);
  expect(text).toContain('      "Action": ["s3:GetObject"],\n');
  expect(text).toContain('    { "Effect": "Deny", "Action": "*", "Resource": "*" }');
});
