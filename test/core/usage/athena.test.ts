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
const FIFTY = Array.from({ length: 50 }, () => GRANT);
const FOR_GRANTS = 'a query of Athena is for 1 to 50 grants';
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

  test('is for several accounts, Regions and grants, as many as fifty', () => {
    const accounts = ['111122223333', '444455556666'];
    const made = query({ accounts, regions: ['eu-central-1', 'us-gov-west-1'] }, FIFTY);
    const text = made.ok ? made.value : '';
    expect(text).toContain("account IN ('111122223333', '444455556666') AND ");
    expect(text).toContain("region IN ('eu-central-1', 'us-gov-west-1') AND ");
    expect(text.match(/ESCAPE '\\'\) OR useridentity/g)).toHaveLength(49);
  });

  test('selects what a record is made of', () => {
    const made = query();
    const [, list = ''] =
      /^SELECT (.*) FROM "logs"\."cloudtrail" WHERE /.exec(made.ok ? made.value : '') ?? [];
    const names = [...list.matchAll(/ AS (\w+)/g)].map(([, name = '']) => name);
    expect(list).toContain('useridentity.sessioncontext.sessionissuer.arn AS issuerarn');
    const row = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
    const texts = { ...row, readonly: 'false', requestparameters: '{}' };
    const types = { resourcearns: '["arn:x"]', resourcetypes: '["T"]' };
    expect(recordOfRow({ ...texts, ...types })).toEqual({
      ...{ eventID: 'the eventid', sharedEventID: 'the sharedeventid' },
      ...{ eventTime: 'the eventtime', eventSource: 'the eventsource', eventName: 'the eventname' },
      ...{ awsRegion: 'the awsregion', recipientAccountId: 'the recipientaccountid' },
      ...{ eventCategory: 'the eventcategory', eventType: 'the eventtype', readOnly: false },
      ...{ errorCode: 'the errorcode', errorMessage: 'the errormessage' },
      ...{ sourceIPAddress: 'the sourceipaddress', userAgent: 'the useragent' },
      ...{ vpcEndpointId: 'the vpcendpointid', requestParameters: {} },
      resources: [{ ARN: 'arn:x', type: 'T' }],
      userIdentity: {
        ...{ type: 'the identitytype', principalId: 'the principalid', arn: 'the arn' },
        ...{
          accountId: 'the accountid',
          accessKeyId: 'the accesskeyid',
          invokedBy: 'the invokedby',
        },
        sessionContext: {
          sourceIdentity: 'the sourceidentity',
          sessionIssuer: {
            ...{ type: 'the issuertype', arn: 'the issuerarn' },
            ...{ accountId: 'the issueraccount', userName: 'the issuername' },
          },
        },
      },
    });
  });

  test.each<[string, Partial<Window>, readonly string[] | null, string]>([
    ['everybody', {}, null, FOR_GRANTS],
    ['nobody', {}, [], FOR_GRANTS],
    ['too many', {}, [...FIFTY, GRANT], FOR_GRANTS],
    ['what is no grant', {}, [QUOTE], 'this is no grant id'],
    ['what is no grant, beside one', {}, [GRANT, QUOTE], 'this is no grant id'],
    ['a grant id with more behind it', {}, [`${GRANT}' OR '1'='1`], 'this is no grant id'],
    ['every account', { accounts: null }, [GRANT], 'a query of Athena names its accounts'],
    ['no account', { accounts: [] }, [GRANT], 'a query of Athena names its accounts'],
    ['what is no account', { accounts: [QUOTE] }, [GRANT], 'this is no account id'],
    [
      'what is no account, beside one',
      ...([{ accounts: ['111122223333', QUOTE] }, [GRANT], 'this is no account id'] as const),
    ],
    ['what is no Region', { regions: [QUOTE] }, [GRANT], 'this is no Region'],
    [
      'what is no Region, beside one',
      ...([{ regions: ['eu-central-1', QUOTE] }, [GRANT], 'this is no Region'] as const),
    ],
  ])('is not made for %s', (_, window, needles, error) => {
    expect(query(window, needles)).toEqual({ ok: false, error });
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
