import { describe, expect, test } from '@jest/globals';
import { arnOf, arnPartsOf, commonPath } from '../../../core/usage/arn-parts.ts';
import { recordedResources } from '../../../core/usage/recorded-resources.ts';

describe('the parts of an ARN', () => {
  test.each([
    ['arn:aws:s3:::acme/a:b', ['aws', 's3', '', '', 'acme/a:b']],
    [
      'arn:aws:sqs:eu-central-1:111122223333:jobs',
      ['aws', 'sqs', 'eu-central-1', '111122223333', 'jobs'],
    ],
    [
      'arn:aws:ssm:{{region}}:{{account}}:parameter/*',
      ['aws', 'ssm', '{{region}}', '{{account}}', 'parameter/*'],
    ],
    ['arn:aws:s3:::', ['aws', 's3', '', '', '']],
  ])('%s', (arn, parts) => {
    expect(arnPartsOf(arn)).toEqual(parts);
    expect(arnOf(parts)).toBe(arn);
  });

  test.each([
    '*',
    'acme',
    'arn:aws:s3:acme',
    'urn:aws:s3:::acme',
    'arn:aws:s3:::acme/${aws:username}/*',
    '',
  ])('%j has none that can be told', (text) => {
    expect(arnPartsOf(text)).toBeNull();
  });

  test.each([
    [['a/b/c', 'a/b/d'], 'a/b/'],
    [['a/b/c', 'a/bc'], 'a/'],
    [['log:a:1', 'log:a:2'], 'log:a:'],
    [['one\ntwo/a', 'one\ntwo/b'], 'one\ntwo/'],
    [['abc', 'abd'], ''],
    [['a/b'], 'a/'],
    [[], ''],
  ])('%j begin alike with %j', (texts, path) => {
    expect(commonPath(texts)).toBe(path);
  });
});

describe('the resources of a statement, as data events name them', () => {
  const bucket = 'arn:aws:s3:::acme';
  test.each<[string, readonly string[], readonly string[]]>([
    ['s3:ListBucket', [bucket, `${bucket}/*`], [`${bucket}/`]],
    ['S3:listbucketversions', [bucket], [`${bucket}/`]],
    ['s3:GetObject', [bucket, `${bucket}/a/*`, `${bucket}-*`], [`${bucket}/a/*`, `${bucket}-*`]],
    ['s3:ListBucket', ['arn:aws:s3:::{{bucket}}', '*'], ['arn:aws:s3:::{{bucket}}', '*']],
    ['dynamodb:GetItem', [bucket], [bucket]],
    ['notes3:GetObject', [bucket], [bucket]],
  ])('%s on %j is on %j', (action, granted, recorded) => {
    expect(recordedResources(action, granted)).toEqual(recorded);
  });
});
