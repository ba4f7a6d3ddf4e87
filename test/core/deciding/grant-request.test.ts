import { describe, expect, test } from '@jest/globals';
import { checkRequest, startOf } from '../../../core/deciding/grant-request.ts';
import { err, ok } from '../../../core/result.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';
import { NOW, REQUEST } from '../../support/memory-ports.ts';

const ENTITLEMENT = entitlement({ parameters: { prefix: parameter('[a-z]+') } });

describe('a request for an entitlement', () => {
  test('is valid with its parameters and at most its duration', () => {
    const request = { ...REQUEST, durationSeconds: 3600 };
    expect(checkRequest(ENTITLEMENT, request)).toEqual(ok({ prefix: 'a' }));
    expect(checkRequest(ENTITLEMENT, { ...request, durationSeconds: 3601 })).toEqual(
      err([{ pointer: '/durationSeconds', detail: 'may be at most 3600 for e' }]),
    );
  });

  test.each([null, '', ' \n\t'])(
    'with the justification %j is valid only where that is optional',
    (said) => {
      const request = { ...REQUEST, justification: said };
      expect(checkRequest(ENTITLEMENT, request).ok).toBe(true);
      expect(checkRequest({ ...ENTITLEMENT, justification: 'required' }, request)).toEqual(
        err([
          {
            pointer: '/justification',
            detail: 'is missing: say in a sentence what you need it for',
          },
        ]),
      );
    },
  );

  test.each([null, '', ' \n\t'])('for break-glass is not valid with the ticket %j', (ticket) => {
    const request = { ...REQUEST, ticket };
    expect(checkRequest({ ...ENTITLEMENT, breakGlass: true }, request)).toEqual(
      err([{ pointer: '/ticket', detail: 'is required for break-glass: give an incident id' }]),
    );
    expect(checkRequest(ENTITLEMENT, request).ok).toBe(true);
  });

  test('for break-glass is valid with a ticket', () => {
    const request = { ...REQUEST, ticket: 'INC-1' };
    expect(checkRequest({ ...ENTITLEMENT, breakGlass: true }, request).ok).toBe(true);
  });

  test('for break-glass begins at once', () => {
    const glass = { ...ENTITLEMENT, breakGlass: true };
    const request = { ...REQUEST, ticket: 'INC-1', scheduled: true };
    const detail = 'is not possible for break-glass, which begins at once; leave it out';
    expect(checkRequest(glass, request)).toEqual(err([{ pointer: '/startsAt', detail }]));
    expect(checkRequest(ENTITLEMENT, request).ok).toBe(true);
  });

  test('is not valid with a value that makes a statement invalid', () => {
    const statement = {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: ['*'],
      Condition: { DateLessThan: { 'aws:CurrentTime': '{{prefix}}' } },
    } as const;
    const dated = { ...ENTITLEMENT, statements: [statement] };
    expect(checkRequest(dated, REQUEST)).toEqual(
      err([
        {
          pointer: '/parameters/prefix',
          detail:
            "makes 'a', which is not a time; write one such as 2026-11-26T12:00:00Z, or seconds since 1970",
        },
      ]),
    );
  });

  test('is answered with all of its mistakes, those of its parameters last', () => {
    const strict = { ...ENTITLEMENT, justification: 'required', breakGlass: true } as const;
    const request = {
      ...{ durationSeconds: 9999, justification: null, ticket: null, parameters: { prefix: 'A' } },
    };
    const checked = checkRequest(strict, request);
    expect(checked.ok ? [] : checked.error.map(({ pointer }) => pointer)).toEqual([
      ...['/durationSeconds', '/justification', '/ticket', '/parameters/prefix'],
    ]);
  });
});

describe('the start of a request', () => {
  const start = (startsAt: number | null) => startOf({ ...REQUEST, startsAt }, NOW);

  test('is now where none was requested, or it has just passed', () => {
    expect(start(null)).toEqual(ok(NOW));
    expect(start(NOW - 1)).toEqual(ok(NOW));
    expect(start(NOW - 300_000)).toEqual(ok(NOW));
  });

  test('is what was requested, up to 30 days ahead', () => {
    expect(start(NOW + 1)).toEqual(ok(NOW + 1));
    expect(start(NOW + 30 * 86_400_000)).toEqual(ok(NOW + 30 * 86_400_000));
    expect(start(NOW + 30 * 86_400_000 + 1)).toEqual(
      err({ pointer: '/startsAt', detail: 'may be at most 30 days ahead' }),
    );
  });

  test('may not have passed for more than five minutes', () => {
    const detail = 'has passed; leave it out to start at once';
    expect(start(NOW - 300_001)).toEqual(err({ pointer: '/startsAt', detail }));
  });
});
