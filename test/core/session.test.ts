import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { principalKey } from '../../core/principal.ts';
import {
  latestCredentialEnd,
  planSession,
  SOURCE_IDENTITY_PATTERN,
  sessionSeconds,
  sourceIdentity,
} from '../../core/session.ts';

const GRANT = `gr_${'z'.repeat(20)}`;
const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3600;
const remaining = (milliseconds: number, longest = HOUR): number =>
  sessionSeconds(NOW, NOW + milliseconds, longest);

describe('the length of a session', () => {
  test.each([
    [0, 900],
    [-5000, 900],
    [1, 900],
    [900_000, 900],
    [900_001, 901],
    [901_000, 901],
    [1_800_500, 1801],
    [3_599_999, 3600],
    [3_600_000, 3600],
    [3_600_001, 3600],
    [604_800_000, 3600],
  ])('with %i ms left of the grant is %i s', (left, seconds) => {
    expect(remaining(left)).toBe(seconds);
  });

  test.each([
    [1, 900, 900],
    [3_600_000, 900, 900],
    [1_000_000, 1800, 1000],
    [1_800_001, 1800, 1800],
  ])('with %i ms left, and at most %i s by the entitlement, is %i s', (left, longest, seconds) => {
    expect(remaining(left, longest)).toBe(seconds);
  });

  test('is what STS accepts in role chaining, and never ends before a grant of less than an hour', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (left) => {
        const seconds = remaining(left);
        expect(Number.isInteger(seconds) && seconds >= 900 && seconds <= 3600).toBe(true);
        if (seconds < 3600) expect(seconds * 1000).toBeGreaterThanOrEqual(left);
      }),
    );
  });
});

describe('the latest end of credentials', () => {
  const lasting = { sessionDurationSeconds: HOUR, chainedRoles: [] };
  test('is the end of the grant, where the session policy denies everything', () => {
    expect(latestCredentialEnd(lasting, NOW, NOW + 60_000)).toBe(NOW + 60_000);
    expect(latestCredentialEnd(lasting, NOW, NOW + 3_630_000)).toBe(NOW + 3_630_000);
  });

  test('of a long grant is the end of the session, with half a minute for the call itself', () => {
    expect(latestCredentialEnd(lasting, NOW, NOW + 3_630_001)).toBe(NOW + 3_630_000);
    expect(latestCredentialEnd(lasting, NOW, NOW + 86_400_000)).toBe(NOW + 3_630_000);
  });

  test('of short sessions comes sooner, so that a deny is needed for less long', () => {
    const short = { ...lasting, sessionDurationSeconds: 900 };
    expect(latestCredentialEnd(short, NOW, NOW + 3_600_000)).toBe(NOW + 930_000);
    expect(latestCredentialEnd(short, NOW, NOW + 60_000)).toBe(NOW + 60_000);
  });

  test('is an hour later for a session that may move on to another role, where no session policy limits it', () => {
    const chained = { ...lasting, chainedRoles: ['arn:aws:iam::111122223333:role/c'] };
    expect(latestCredentialEnd(chained, NOW, NOW + 60_000)).toBe(NOW + 3_660_000);
  });
});

describe('the plan of a session', () => {
  test('has the role, the policy and the identity unchanged, and a fresh name', () => {
    const input = {
      roleArn: 'arn:aws:iam::111122223333:role/r',
      principalKey: 'ana-0123456789abcdef',
      grantId: `gr_${'0'.repeat(20)}`,
      policy: '{"Version":"2012-10-17"}',
      now: NOW,
      expiresAt: NOW + 1_000_000,
      sessionDurationSeconds: HOUR,
    };
    const bytes = (byte: number) => (length: number) => new Uint8Array(length).fill(byte);
    expect(planSession({ ...input, random: bytes(1) })).toEqual({
      roleArn: input.roleArn,
      sessionName: `vk_${'1'.repeat(26)}`,
      sourceIdentity: `${input.principalKey}.${input.grantId}`,
      durationSeconds: 1000,
      policy: input.policy,
    });
    const { sessionName } = planSession({ ...input, random: bytes(2) });
    expect(sessionName).toBe(`vk_${'2'.repeat(26)}`);
    expect(sessionName).not.toContain('ana');
  });
});

describe('a SourceIdentity', () => {
  test('is accepted by the trust policy of target roles only with one principal and one grant', () => {
    const likeIam = SOURCE_IDENTITY_PATTERN.replaceAll('.', '\\.')
      .replaceAll('?', '.')
      .replace('*', '.*');
    const pattern = new RegExp(`^${likeIam}$`);
    expect(sourceIdentity(principalKey({ name: '', id: '' }), GRANT)).toMatch(pattern);
    expect(`.${GRANT}`).not.toMatch(pattern);
    expect(`ana.${GRANT}0`).not.toMatch(pattern);
    expect('ana').not.toMatch(pattern);
  });
});
