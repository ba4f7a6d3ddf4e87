import { describe, expect, test } from '@jest/globals';
import { mistakeInResource } from '../../../core/session-policy/arn-text.ts';
import { OPEN } from '../../../core/session-policy/typed-values.ts';

describe('a resource', () => {
  test.each([
    '*',
    'arn:aws:iam:*:111122223333:role/x',
    'arn:aws:s3:::*',
    'arn:aws:s3:::acme/My Folder/*',
    'arn:*:logs:*:*:*',
    'arn:aws*:iam::*:role/x',
    'arn:*-cn:s3:::a',
    'arn:aws?gov:s3:::a',
    'arn:aws:*:*:*:*',
    'arn:aws:ec2:us-gov-west-1:*:instance/*',
    'arn:aws:ec2:eusc-de-east-1::image/ami-*',
    'arn:aws:rds:us-west-?:012345678912:*pg:*',
    'arn:aws:iam::aws:policy/job-function/*',
    'arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31',
    'arn:aws:sns:eu-west-1:1111*:x',
    'arn:aws:s3:::${aws:PrincipalTag/bucket}/*',
    'arn:aws:iam::111122223333:*',
    'arn:aws:iam::111122223333:user/${aws:username}',
    `arn:${OPEN}:${OPEN}:${OPEN}:${OPEN}:${OPEN}`,
  ])('may be %s', (text) => {
    expect(mistakeInResource(text, 'aws')).toBeNull();
  });

  test.each([
    ['', 'is neither an ARN nor *'],
    ['acme', 'is neither an ARN nor *'],
    ['ARN:aws:s3:::a', 'is neither an ARN nor *'],
    ['**', 'is neither an ARN nor *'],
    [' arn:aws:s3:::a', 'begins or ends with a blank'],
    ['arn:aws:s3:::a ', 'begins or ends with a blank'],
    ['arn:aws:sqs', 'has 3 of the six parts'],
    ['arn:aws:s3::acme', 'has 5 of the six parts'],
    ['arn:AWS:s3:::a', "has 'AWS' for its partition"],
    ['arn::s3:::a', "has '' for its partition"],
    ['arn:aws:S3:::a', "has 'S3' for its service; write one such as s3"],
    ['arn:aws::::a', "has '' for its service"],
    ['arn:aws:s3:eu_west_1::a', "has 'eu_west_1' for its Region"],
    [
      'arn:aws:s3::1111-2222-3333:a',
      "has '1111-2222-3333' for its account; write one such as {{account}}",
    ],
    ['arn:aws:s3::123:a', "has '123' for its account"],
    ['arn:aws:s3:::', 'names no resource'],
    ['arn:aws:s3:::a:b', null],
    ['arn:aws:s3:${aws:RequestedRegion}::a', 'has a variable in its Region'],
    ['arn:aws-cn:s3:::a', 'is in the partition aws-cn, and the target role in aws'],
    ['arn:aws:iam:us-east-1:111122223333:role/x', 'has a Region'],
    ['arn:aws:iam::111122223333:role*', "has a wildcard in 'role*'"],
    ['arn:aws:iam::111122223333:*/x', "has a wildcard in '*'"],
    ['arn:aws:iam::111122223333:x:*/y', "has a wildcard in 'x:*'"],
  ])('%s is judged as IAM would', (text, says) => {
    if (says === null) expect(mistakeInResource(text, 'aws')).toBeNull();
    else expect(mistakeInResource(text, 'aws')).toContain(says);
  });
});
