import { describe, expect, test } from '@jest/globals';
import { recordOfRow, recordsQuery, usdOfQuery } from '../../../core/usage/athena-query.ts';
import type { Window } from '../../../core/usage/usage-ports.ts';

const TABLE = { database: 'logs', table: 'cloudtrail' };
const GRANT = 'gr_0123456789abcdefghjk';
const WINDOW: Window = {
  from: Date.parse('2026-11-20T22:30:00.500Z'),
  until: Date.parse('2026-11-20T23:30:00.500Z'),
  accounts: ['111122223333'],
  regions: ['eu-central-1'],
};
const QUOTE = "x'; DROP TABLE logs; --";

describe('the query', () => {
  const query = (window: Partial<Window> = {}, needles: readonly string[] | null = [GRANT]) =>
    recordsQuery(TABLE, { ...WINDOW, ...window }, needles);

  test('reads the days of the window in its accounts and Regions, and calls of the grant alone', () => {
    const made = query();
    const [, where = ''] = made.ok ? made.value.split(' WHERE ') : [];
    expect(where).toBe(
      [
        "account IN ('111122223333')",
        "region IN ('eu-central-1')",
        `day BETWEEN '2026/11/20' AND '2026/11/21'`,
        "eventtime >= '2026-11-20T22:30:00Z'",
        "eventtime < '2026-11-20T23:30:01Z'",
        "(useridentity.sessioncontext.sourceidentity LIKE '%.gr\\_0123456789abcdefghjk' ESCAPE '\\' OR (eventsource = 'sts.amazonaws.com' AND requestparameters LIKE '%.gr\\_0123456789abcdefghjk\"%' ESCAPE '\\'))",
      ].join(' AND '),
    );
  });

  test('is for every Region of the table where the window names none', () => {
    const made = query({ regions: null });
    expect(made.ok && made.value).not.toContain('region IN');
  });

  test.each<[string, Partial<Window>, readonly string[] | null]>([
    ['everybody', {}, null],
    ['nobody', {}, []],
    ['too many', {}, Array.from({ length: 51 }, () => GRANT)],
    ['what is no grant', {}, [QUOTE]],
    ['a grant id with more behind it', {}, [`${GRANT}' OR '1'='1`]],
    ['every account', { accounts: null }, [GRANT]],
    ['what is no account', { accounts: [QUOTE] }, [GRANT]],
    ['what is no Region', { regions: [QUOTE] }, [GRANT]],
  ])('is not made for %s', (_, window, needles) => {
    expect(query(window, needles)).toMatchObject({ ok: false });
  });

  test('is not made with the name of a table that is none', () => {
    expect(recordsQuery({ database: 'a', table: QUOTE }, WINDOW, [GRANT])).toMatchObject({
      ok: false,
    });
    expect(recordsQuery({ database: 'a"b', table: 'c' }, WINDOW, [GRANT])).toMatchObject({
      ok: false,
    });
  });
});

describe('a row', () => {
  test('is a record as CloudTrail writes it', () => {
    const row = {
      eventid: 'a',
      eventtime: '2026-11-20T22:40:00Z',
      readonly: 'true',
      errorcode: null,
      requestparameters: '{"bucketName":"acme"}',
      accesskeyid: 'ASIAEXAMPLE',
      sourceidentity: `ana.${GRANT}`,
      issuerarn: 'arn:aws:iam::111122223333:role/x',
      resourcearns: '["arn:aws:s3:::acme",null]',
      resourcetypes: '["AWS::S3::Bucket","AWS::S3::Object"]',
    };
    expect(recordOfRow(row)).toEqual({
      eventID: 'a',
      eventTime: '2026-11-20T22:40:00Z',
      readOnly: true,
      requestParameters: { bucketName: 'acme' },
      resources: [
        { ARN: 'arn:aws:s3:::acme', type: 'AWS::S3::Bucket' },
        { type: 'AWS::S3::Object' },
      ],
      userIdentity: {
        accessKeyId: 'ASIAEXAMPLE',
        sessionContext: {
          sourceIdentity: `ana.${GRANT}`,
          sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/x' },
        },
      },
    });
  });

  test('whose parameters are no JSON is a record without', () => {
    expect(
      recordOfRow({ eventid: 'a', requestparameters: '{bucketName=acme}' }),
    ).not.toHaveProperty('requestParameters');
  });
});

test('a query costs at least what 10 MB cost, and five dollars a terabyte', () => {
  expect(usdOfQuery(0)).toBeCloseTo(0.0000524, 6);
  expect(usdOfQuery(2e12)).toBe(10);
});
