import { describe, expect, test } from '@jest/globals';
import { judgeUse, mayGoOn } from '../../../core/deciding/judge-use.ts';
import type { Question } from '../../../core/decision.ts';
import { GRANT_STATUSES } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, GOVERNED } from '../../support/authorities.ts';
import { entitlement } from '../../support/entitlements.ts';
import { NO_POLICY, NO_STORE, withEngine, withStore } from '../../support/failing-ports.ts';
import { ANA, NOW, world } from '../../support/memory-ports.ts';
import { NO_APPROVALS } from '../../support/sample-grants.ts';

const CALL = { caller: ANA, sourceIp: '192.0.2.9' };
const answer = (permitted: boolean) => ({ permitted, policies: [], advice: [] });

/** Policy answers whether the token may request, and without approval; the questions are kept. */
async function judging(request: boolean, autoApprove = true) {
  const broker = world(GOVERNED);
  const grant = await activeIn(broker);
  const asked: Question[] = [];
  const ports = withEngine(broker.ports, {
    ask: (action, question) => {
      asked.push(question);
      return ok(answer(action === 'request' ? request : autoApprove));
    },
  });
  return { grant, asked, ports };
}

describe('the use of a grant', () => {
  test('is judged by the token of now and the facts of the request', async () => {
    const { grant, asked, ports } = await judging(true);
    const principal = { ...ANA.principal, groups: ['people:others'] };
    const caller = { ...ANA, principal, authentication: { mfa: true, signedInAt: NOW - 5000 } };
    const requestedWith = { startsInSeconds: 7, mfaAgeSeconds: 60, history: null };
    const scoped = { ...grant, scope: { actions: ['s3:GetObject'] }, requestedWith };
    expect(await judgeUse(ports, { ...CALL, caller }, scoped)).toEqual(ok({ kind: 'allowed' }));
    expect(asked[0]).toMatchObject({
      caller: { principal },
      account: '111122223333',
      facts: {
        ...{ now: grant.createdAt, durationSeconds: 1800, startsInSeconds: 7 },
        ...{ sourceIp: grant.sourceIp, mfa: true, mfaAgeSeconds: 60, ticket: 'OPS-1' },
        ...{ justification: 'a test', scoped: true, parameters: { prefix: 'a' }, history: null },
      },
    });
    await judgeUse(ports, CALL, { ...grant, requestedWith });
    expect(asked.at(-1)?.facts).toMatchObject({ mfa: false, mfaAgeSeconds: null, scoped: false });
  });

  test('is refused with a token that could not request it', async () => {
    const { grant, ports } = await judging(false);
    const use = await judgeUse(ports, CALL, grant);
    expect(use).toMatchObject({ value: { kind: 'refused', decision: { outcome: 'deny' } } });
  });

  test.each([
    ['changed', { definition: 'sha256:other' }],
    ['was removed', { entitlement: 'gone' }],
  ])('gives nothing where what it grants %s', async (_, changes) => {
    const { grant, ports } = await judging(true);
    expect(await judgeUse(ports, CALL, { ...grant, ...changes })).toEqual(
      ok({ kind: 'redefined' }),
    );
  });

  test('is refused, rather than redefined, to a token that could not request it', async () => {
    const { grant, ports } = await judging(false);
    const use = await judgeUse(ports, CALL, { ...grant, definition: 'sha256:other' });
    expect(use).toMatchObject({ value: { kind: 'refused' } });
  });

  test.each(
    GRANT_STATUSES.filter((status) =>
      ['denied', 'lapsed', 'cancelled', 'revoked', 'expired'].includes(status),
    ),
  )('of one that is %s is to read it: no policy is asked', async (status) => {
    const { grant, asked, ports } = await judging(false);
    expect(await judgeUse(ports, CALL, { ...grant, status })).toEqual(ok({ kind: 'allowed' }));
    expect(asked).toEqual([]);
  });

  test('is not known where policy does not answer', async () => {
    const { grant, ports } = await judging(true);
    const silent = withEngine(ports, { ask: () => err(NO_POLICY) });
    expect(await judgeUse(silent, CALL, grant)).toEqual(err(NO_POLICY));
  });

  test('is not known where policy reads a history that the store does not give', async () => {
    const { grant, ports } = await judging(true);
    const read = { ...entitlement({ id: 'read' }), hash: grant.definition, readsHistory: true };
    const bundle = { ...GOVERNED, entitlements: { read } };
    const unread = withStore({ ...ports, bundle }, { history: async () => err(NO_STORE) });
    expect(await judgeUse(unread, CALL, grant)).toEqual(err(NO_STORE));
  });

  test('gives nothing where it would need an approval that the grant never had', async () => {
    const { grant, ports } = await judging(true, false);
    const decision = { outcome: 'approve', policies: [], advice: [], bundle: GOVERNED.hash };
    expect(await judgeUse(ports, CALL, grant)).toEqual(ok({ kind: 'unapproved', decision }));
  });
});

test.each([
  ['allow', 0, true],
  ['allow', 1, true],
  ['approve', 1, true],
  ['approve', 0, false],
  ['deny', 1, false],
  ['deny', 0, false],
] as const)(
  'with the decision %s, and %d approvals required when it began, a grant may go on: %s',
  (outcome, required, may) => {
    const decision = { outcome, policies: [], advice: [], bundle: 'b' };
    const grant = { approvals: { ...NO_APPROVALS, required } } as Parameters<typeof mayGoOn>[1];
    expect(mayGoOn(decision, grant)).toBe(may);
  },
);
