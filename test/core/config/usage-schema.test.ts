import { describe, expect, test } from '@jest/globals';
import { configFile } from '../../../core/config/config-file.ts';

const parse = (usage: object) => configFile.safeParse({ usage });
const logs = { bucket: 'acme-logs' };

test('without usage nothing is read', () => {
  expect(configFile.parse({}).usage).toBeUndefined();
});

test('a bucket is enough', () => {
  expect(configFile.parse({ usage: { logs } }).usage).toEqual({
    ...{ logs: { bucket: 'acme-logs', prefix: '' }, keepDays: 400 },
  });
  expect(configFile.parse({ usage: { logs, athena: {} } }).usage?.athena).toEqual({
    scanLimitGb: 10,
  });
});

test('of an organization trail in a log archive, all of it', () => {
  const keyArn = 'arn:aws-us-gov:kms:us-gov-west-1:222222222222:key/mrk-0a1b';
  const all = { ...logs, prefix: 'org/trail', organization: 'o-0a1b2c3d4e', keyArn };
  const usage = { logs: all, accounts: ['111111111111'], regions: ['us-gov-west-1'], keepDays: 30 };
  expect(parse(usage)).toMatchObject({ success: true, data: { usage } });
});

describe('a mistake names its field and what to write:', () => {
  test.each([
    [{}, 'usage.logs', /./],
    [{ logs: { bucket: 'arn:aws:s3:::acme-logs' } }, 'usage.logs.bucket', /without arn:/],
    [{ logs: { ...logs, prefix: '/org' } }, 'usage.logs.prefix', /without a slash/],
    [{ logs: { ...logs, prefix: 'org/' } }, 'usage.logs.prefix', /ends with a slash/],
    [{ logs: { ...logs, prefix: 'a*' } }, 'usage.logs.prefix', /is not a prefix/],
    [{ logs: { ...logs, organization: 'acme' } }, 'usage.logs.organization', /o-0a1b2c3d4e/],
    [
      { logs: { ...logs, keyArn: 'arn:aws:kms:eu-central-1:222222222222:alias/logs' } },
      ...(['usage.logs.keyArn', /no alias/] as const),
    ],
    [{ logs, accounts: [] }, 'usage.accounts', /is empty/],
    [{ logs, accounts: ['111111111111', '111111111111'] }, 'usage.accounts', /twice/],
    [{ logs, regions: ['everywhere'] }, 'usage.regions.0', /is not a Region/],
    [{ logs, keepDays: 401 }, 'usage.keepDays', /./],
    [{ logs, athena: { scanLimitGb: 0 } }, 'usage.athena.scanLimitGb', /./],
    [{ logs, athena: { workgroup: 'mine' } }, 'usage.athena', /./],
  ])('%j', (usage, path, message) => {
    const { error } = parse(usage);
    const issues = error?.issues.map((issue) => [issue.path.join('.'), issue.message]) ?? [];
    expect(issues).toContainEqual([path, expect.stringMatching(message)]);
  });
});
