import { describe, expect, test } from '@jest/globals';
import { hashedCode } from '../../../core/lifecycle/hashed-code.ts';
import { checkCode, newMatchCode, shownCode } from '../../../core/lifecycle/match-code.ts';
import { activeGrant, EXTENSION, NO_APPROVALS } from '../../support/sample-grants.ts';

const ID = `gr_${'0'.repeat(20)}`;
const matchCode = hashedCode(ID, '47');
const approvals = { ...NO_APPROVALS, required: 1, refusals: 1, matchCode };
const ASKED = activeGrant({ id: ID, status: 'pending', approvals });
const EXTENDED = activeGrant({
  id: ID,
  extension: { ...EXTENSION, approvals: { ...EXTENSION.approvals, matchCode } },
});

describe('a match code', () => {
  test('has two digits, and each of the hundred comes up', () => {
    let at = 0;
    const random = () => {
      at += 1;
      return new Uint8Array([0, 0, Math.floor(at / 256), at % 256]);
    };
    const codes = new Set(Array.from({ length: 100 }, () => newMatchCode(random)));
    expect(codes.size).toBe(100);
    for (const code of codes) expect(code).toMatch(/^\d\d$/);
    expect(newMatchCode(() => new Uint8Array(4).fill(255))).toBe('95');
  });

  test('is stored as a hash that belongs to one grant', () => {
    expect(matchCode).toEqual({ hash: expect.stringMatching(/^[0-9a-z]{16}$/), triesLeft: 3 });
    expect(hashedCode('gr_other', '47').hash).not.toBe(matchCode.hash);
    expect(JSON.stringify(matchCode)).not.toContain('47"');
  });

  test.each([ASKED, EXTENDED])('is shown where it is the one of what waits', (grant) => {
    expect(shownCode(grant, '47')).toBe('47');
    expect(shownCode(grant, '48')).toBeNull();
    expect(shownCode({ ...grant, approvals: NO_APPROVALS, extension: null }, '47')).toBeNull();
  });

  test.each([ASKED, EXTENDED])('lets a yes through, and no is said without it', (grant) => {
    expect(checkCode(grant, 'approve', '47')).toEqual({ kind: 'right' });
    expect(checkCode(grant, 'deny', null)).toEqual({ kind: 'right' });
    expect(checkCode(grant, 'approve', null)).toEqual({ kind: 'missing' });
  });

  test('is not asked for where the entitlement does not', () => {
    const { matchCode: _, ...others } = approvals;
    const without = { ...ASKED, approvals: others };
    expect(checkCode(without, 'approve', null)).toEqual({ kind: 'right' });
    expect(checkCode(without, 'approve', '12')).toEqual({ kind: 'right' });
  });

  test('that is wrong leaves a try less, in the next version of the grant', () => {
    const first = checkCode(ASKED, 'approve', '48');
    expect(first).toEqual({
      kind: 'wrong',
      triesLeft: 2,
      grant: {
        ...ASKED,
        version: 2,
        approvals: { ...approvals, matchCode: { ...matchCode, triesLeft: 2 } },
      },
    });
    const extension = checkCode(EXTENDED, 'approve', '00');
    expect(extension).toMatchObject({
      grant: {
        approvals: EXTENDED.approvals,
        extension: { approvals: { matchCode: { triesLeft: 2 } } },
      },
    });
  });
});
