import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { reviewGrant } from '../../../core/grants/review-grant.ts';
import { mayOrder } from '../../../core/grants/suspend-principal.ts';
import { revoke } from '../../../core/lifecycle/end.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled, files, ISSUERS, PERMIT_READ, READ } from '../../support/bundles.ts';
import { ANA, CALL, callOf, NOW, person, REQUEST, world } from '../../support/memory-ports.ts';

/** Who may act at all: not the suspended, nobody whose person cannot be told, no other job. */

const SUSPENSION = { at: NOW, by: 'broker', reason: 'x' } as const;
const engine = { mayOnBroker: () => ok(true) } as never;

describe('orders about others', () => {
  const order = (suspended: boolean, what: 'revoke' | 'suspend' | 'resume', whom: string) =>
    mayOrder(
      { engine, principals: { suspensionOf: async () => ok(suspended ? SUSPENSION : null) } },
      ANA,
      what,
      whom,
    );

  test.each(['revoke', 'suspend', 'resume'] as const)(
    '%s is refused to an administrator who is suspended',
    async (what) => {
      expect(await order(true, what, 'people:bo')).toEqual(err({ code: 'suspended' }));
      expect(await order(false, what, 'people:bo')).toEqual(ok(null));
    },
  );

  test('nobody who is suspended lets themselves in again', async () => {
    expect(await order(true, 'resume', ANA.principal.id)).toEqual(err({ code: 'suspended' }));
  });

  test('everybody may end their own, suspended or not', async () => {
    expect(await order(true, 'revoke', ANA.principal.id)).toEqual(ok(null));
  });

  test('a store that does not answer lets nobody give orders', async () => {
    const down = { suspensionOf: async () => err({ code: 'unavailable', what: 'store' } as const) };
    const asked = await mayOrder({ engine, principals: down }, ANA, 'suspend', 'people:bo');
    expect(asked).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });
});

const APPROVAL = `approval: { required: 1, approvers: ['people:boss'], samePerson: [employee] }\n`;
const same = (permit: string) =>
  compiled(
    files({
      'issuers.yaml': ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]'),
      'entitlements/read.yaml': `${READ}${APPROVAL}`,
      'policies/read.cedar': permit,
    }),
  );
const HUMAN = PERMIT_READ.replace(', ValetKey::Action::"autoApprove"', '');
const withClaim = (caller: Caller): Caller => ({
  ...caller,
  principal: { ...caller.principal, tags: { employee: '7' } },
});

describe('what a human must approve, where persons are told by a claim', () => {
  test('is denied to somebody whose token lacks the claim, and it is named', async () => {
    const broker = world(same(HUMAN));
    const asked = await requestGrant(broker.ports, CALL, REQUEST);
    expect(asked).toMatchObject({
      error: {
        code: 'denied',
        grant: {
          status: 'denied',
          decision: {
            policies: ['valetkey.same-person'],
            advice: [expect.stringContaining('employee')],
          },
        },
      },
    });
  });

  test('waits for votes where the token has it', async () => {
    const broker = world(same(HUMAN));
    const asked = await requestGrant(broker.ports, callOf(withClaim(ANA)), REQUEST);
    expect(asked).toMatchObject({
      value: { status: 'pending', marks: ['people:ana', 'employee=7'] },
    });
  });

  test('is allowed without it where policy needs no human', async () => {
    const broker = world(same(PERMIT_READ));
    expect(await requestGrant(broker.ports, CALL, REQUEST)).toMatchObject({
      value: { status: 'active' },
    });
  });
});

/** A grant of Ana's as it was asked for, in the store, changed as a test needs it. */
async function granted(
  broker: ReturnType<typeof world>,
  changes: Partial<Grant> = {},
): Promise<Grant> {
  const asked = await requestGrant(broker.ports, callOf(withClaim(ANA)), REQUEST);
  if (!asked.ok) throw new Error(asked.error.code);
  const grant = { ...asked.value, ...changes };
  broker.grants.set(grant.id, grant);
  return grant;
}

describe('a review', () => {
  const DUE = {
    status: 'due',
    dueAt: NOW,
    reminded: false,
    reviewer: null,
    comment: null,
    at: null,
  };
  const REVIEWS = `${PERMIT_READ}@id("bo-reviews")
permit (principal, action == ValetKey::Action::"review", resource);
`;

  test('needs a reviewer whose person can be told', async () => {
    const broker = world(same(REVIEWS));
    const grant = await granted(broker, { breakGlass: true, review: DUE as Grant['review'] });
    const bo = person('bo', ['people:boss']);
    const other = { ...bo, principal: { ...bo.principal, tags: { employee: '8' } } };
    expect(await reviewGrant(broker.ports, callOf(bo), grant.id, null)).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('employee') },
    });
    expect(await reviewGrant(broker.ports, callOf(withClaim(bo)), grant.id, null)).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await reviewGrant(broker.ports, callOf(other), grant.id, null)).toMatchObject({
      value: { review: { status: 'done' } },
    });
  });
});

describe('an extension', () => {
  const MORE = { durationSeconds: 3600, justification: 'longer' };

  test('is denied while a review of a break-glass use is overdue', async () => {
    const glass = `${READ}breakGlass: true\n`;
    const broker = world(compiled(files({ 'entitlements/read.yaml': glass })));
    const asked = await requestGrant(broker.ports, CALL, { ...REQUEST, ticket: 'INC-1' });
    if (!asked.ok) throw new Error(asked.error.code);
    const owing = {
      ...broker.ports,
      store: { ...broker.ports.store, overdueReview: async () => ok('gr_old') },
    };
    expect(await extendGrant(owing, callOf(ANA), asked.value.id, MORE)).toMatchObject({
      error: { code: 'denied', decision: { policies: ['valetkey.overdue-review'] } },
    });
    expect(await extendGrant(broker.ports, callOf(ANA), asked.value.id, MORE)).toMatchObject({
      value: { expiresAt: Math.floor(NOW / 1000) * 1000 + 3_600_000 },
    });
  });

  test('is for the job that asked, and for no other run', async () => {
    const broker = world(
      compiled(
        files({
          'entitlements/read.yaml': `${READ}job: [ref]\n`,
          'policies/read.cedar': PERMIT_READ.replace(
            'principal in ValetKey::Group::"people:readers"',
            'principal is ValetKey::Workload',
          ),
        }),
      ),
    );
    const run = (ref: string): Caller => ({
      ...ANA,
      principal: {
        ...{ type: 'Workload', id: 'github:1/2', issuer: 'github', name: 'shop', groups: [] },
        tags: { ref },
      },
    });
    const asked = await requestGrant(broker.ports, callOf(run('1')), REQUEST);
    if (!asked.ok) throw new Error(asked.error.code);
    expect(await extendGrant(broker.ports, callOf(run('2')), asked.value.id, MORE)).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await extendGrant(broker.ports, callOf(run('1')), asked.value.id, MORE)).toMatchObject({
      ok: true,
    });
  });
});

test('a break-glass grant that ends unused owes no review, one that vended does', async () => {
  const broker = world(compiled());
  const DUE = {
    status: 'due',
    dueAt: NOW,
    reminded: false,
    reviewer: null,
    comment: null,
    at: null,
  } as const;
  const grant = await granted(broker, { breakGlass: true, review: DUE });
  const ended = (used: Partial<Grant>) => revoke({ ...grant, ...used }, 'x', NOW);
  expect(ended({})).toMatchObject({ value: { grant: { status: 'revoked', review: null } } });
  expect(ended({ keysValidUntil: NOW - 1 })).toMatchObject({ value: { grant: { review: DUE } } });
});
