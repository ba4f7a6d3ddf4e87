import { describe, expect, test } from '@jest/globals';
import { measuresOfAnswer, measuresOfFailure } from '../../../core/api/answer-measures.ts';

const VEND = 'POST /v1/credentials';
const named = (route: string, status: number, milliseconds = 12) =>
  measuresOfAnswer(route, status, milliseconds).map(({ metric, value, of }) =>
    [metric, of ?? value].join(' '),
  );

describe('an answer counts as a request with its outcome:', () => {
  test.each([
    [200, 'served'],
    [202, 'served'],
    [400, 'invalid'],
    [404, 'invalid'],
    [409, 'invalid'],
    [401, 'refused'],
    [403, 'refused'],
    [429, 'limited'],
    [500, 'failed'],
    [503, 'failed'],
  ])('%s is %s', (status, outcome) => {
    expect(named('GET /v1/grants', status)).toEqual([`Requests ${outcome}`]);
  });
});

describe('a call for credentials', () => {
  test('that was served counts as a vend that did not fail, with its latency', () => {
    expect(named(VEND, 200)).toEqual([
      ...['Requests served', 'Vends 1', 'VendFailed 0', 'VendLatency 12', 'VendSlow 0'],
    ]);
    expect(named('POST /v1/grants/{id}/credentials', 200, 800)).toContain('VendSlow 1');
    expect(named(VEND, 200, 799)).toContain('VendSlow 0');
  });

  test('that failed counts as a failed vend, and not as a slow one', () => {
    expect(named(VEND, 503, 5000)).toEqual(['Requests failed', 'VendFailed 1']);
  });

  test.each([202, 400, 401, 403, 409, 429])(
    'that is answered with %s is no vend: nobody was to get keys',
    (status) => {
      expect(named(VEND, status)).toHaveLength(1);
    },
  );
});

test('a call that a quarantine refuses is no failure, and no failed vend', () => {
  const type = 'urn:valetkey:problem:quarantine';
  const measures = [{ metric: 'Requests', value: 1, of: 'quarantined' }];
  expect(measuresOfAnswer(VEND, 503, 12, type)).toEqual(measures);
  expect(measuresOfAnswer('POST /v1/grants', 503, 12, type)).toEqual(measures);
  expect(measuresOfAnswer(VEND, 503, 12, 'urn:valetkey:problem:unavailable')).toHaveLength(2);
});

test('a call of no route counts as a request alone', () => {
  expect(named('$default', 404)).toEqual(['Requests invalid']);
});

describe('the reason of a failed call:', () => {
  test('what a vend depends on, or what AWS answered', () => {
    const of = (failure: Parameters<typeof measuresOfFailure>[1]) =>
      measuresOfFailure(VEND, failure);
    const failures = (reason: string) => [{ metric: 'VendFailures', value: 1, of: reason }];
    expect(of({ code: 'unavailable', what: 'sts' })).toEqual(failures('sts'));
    expect(of({ code: 'unavailable', what: 'store' })).toEqual(failures('store'));
    expect(of({ code: 'role-frozen' })).toEqual(failures('role-frozen'));
    const role = { role: 'arn:aws:iam::123456789012:role/x', grantId: 'gr_1' };
    expect(of({ code: 'role-refused', ...role })).toEqual(failures('role-refused'));
    expect(of({ code: 'policy-refused', ...role })).toEqual(failures('policy-refused'));
  });

  test('a limit, on whatever route', () => {
    const limited = {
      code: 'limited',
      limit: 'openRequests',
      most: 5,
      retryAfterSeconds: 9,
    } as const;
    const throttled = [{ metric: 'Throttled', value: 1, of: 'openRequests' }];
    expect(measuresOfFailure('POST /v1/grants', limited)).toEqual(throttled);
    expect(measuresOfFailure(VEND, limited)).toEqual(throttled);
  });

  test('what a caller may not do is no failure, nor is one elsewhere than at a vend', () => {
    expect(measuresOfFailure(VEND, { code: 'suspended' })).toEqual([]);
    expect(measuresOfFailure('GET /v1/grants', { code: 'unavailable', what: 'store' })).toEqual([]);
  });
});
