import { expect, test } from '@jest/globals';
import { eventDayOf, lakePath, parseLake, sourceOf } from '../../../core/evidence/lake.ts';
import { CLASSES, type ClassName } from '../../../core/ocsf/classes.ts';
import { ok } from '../../../core/result.ts';

const LAKE = { region: 'eu-west-1', account: '111122223333' };

test.each(['eu-west-1/111122223333', 'us-gov-west-1/111122223333', 'eusc-de-east-1/111122223333'])(
  'a lake is named by its Region and an account: %s',
  (text) => {
    const [region = '', account = ''] = text.split('/');
    expect(parseLake(text)).toEqual(ok({ region, account }));
  },
);

test.each([
  '',
  'eu-west-1',
  '111122223333',
  'eu-west-1/1111',
  'eu-west-1/111122223333/x',
  '../x/111122223333',
])('a lake is not %j', (text) => {
  expect(parseLake(text)).toMatchObject({ ok: false });
});

test('partitions are named as Security Lake wants them, by the day in UTC', () => {
  const day = eventDayOf(Date.parse('2026-11-26T23:59:59.999Z'));
  expect(lakePath(LAKE, 'user_management', day, 1)).toBe(
    'parquet/ext/valetkey-3007/region=eu-west-1/accountId=111122223333/eventDay=20261126/valetkey-3007-20261126.parquet',
  );
  expect(lakePath(LAKE, 'user_management', day, 2)).toMatch(/valetkey-3007-20261126-2\.parquet$/);
});

test('the name of a source has at most 20 characters', () => {
  for (const name of Object.keys(CLASSES) as ClassName[]) {
    expect(sourceOf(name).length).toBeLessThanOrEqual(20);
  }
});
