import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { reviewGrant } from '../../../core/grants/review-grant.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { APPROVAL, activeIn, GOVERNED, POLICIES, REVIEWER } from '../../support/authorities.ts';
import { compiled, files, ISSUERS, READ } from '../../support/bundles.ts';
import { NO_POLICY, withEngine } from '../../support/failing-ports.ts';
import { ANA, AUDITOR, callOf, NOW, person, world } from '../../support/memory-ports.ts';

const DUE: NonNullable<Grant['review']> = {
  status: 'due',
  dueAt: NOW + 1000,
  reminded: true,
  reviewer: null,
  comment: null,
  at: null,
};
const USED = { breakGlass: true, review: DUE, keysValidUntil: NOW + 1000 };

const withClaim = (caller: Caller, employee: string): Caller => ({
  ...caller,
  principal: { ...caller.principal, tags: { employee } },
});

describe('a review', () => {
  test('is closed by a reviewer, with the comment', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, USED);
    const reviewer = { type: 'User', id: 'people:ria', name: 'ria@acme.example' };
    const done = { ...DUE, status: 'done', reviewer, comment: 'fine', at: NOW };
    expect(await reviewGrant(broker.ports, callOf(REVIEWER), grant.id, 'fine')).toEqual(
      ok({ ...grant, version: 2, review: done }),
    );
    expect(broker.events.at(-1)).toMatchObject({ type: 'reviewed', comment: 'fine' });
    expect(broker.questions).toEqual(['review']);
  });

  test('is closed once: another reviewer comes too late', async () => {
    const broker = world(GOVERNED);
    const { id } = await activeIn(broker, USED);
    const first = await reviewGrant(broker.ports, callOf(REVIEWER), id, null);
    const other = callOf(person('rob', ['reviewers']));
    expect(await reviewGrant(broker.ports, other, id, null)).toEqual(
      err({
        code: 'wrong-state',
        grant: first.ok ? first.value : null,
        detail: 'The grant has already been reviewed.',
      }),
    );
  });

  test('is not due on an ordinary grant', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const detail = 'The grant has nothing to review.';
    expect(await reviewGrant(broker.ports, callOf(REVIEWER), grant.id, null)).toEqual(
      err({ code: 'wrong-state', grant, detail }),
    );
  });

  test('is not closed before the grant was used', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ...USED, keysValidUntil: null });
    expect(await reviewGrant(broker.ports, callOf(REVIEWER), grant.id, 'fine')).toMatchObject({
      error: { code: 'wrong-state', detail: expect.stringContaining('Nobody has used the grant') },
    });
    expect(broker.grants.get(grant.id)).toEqual(grant);
  });

  test('is never closed by the person who used break-glass, under any account', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ...USED, marks: ['people:ana', 'people:ria'] });
    const detail = 'You cannot review your own use of break-glass. Ask another reviewer.';
    expect(await reviewGrant(broker.ports, callOf(REVIEWER), grant.id, null)).toEqual(
      err({ code: 'forbidden', grant, detail }),
    );
  });

  test('needs a reviewer whose token identifies the person', async () => {
    const bundle = compiled(
      files({
        'issuers.yaml': ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]'),
        'entitlements/read.yaml': `${READ}${APPROVAL}  samePerson: [employee]\n`,
        'policies/read.cedar': POLICIES,
      }),
    );
    const broker = world(bundle);
    const grant = await activeIn(broker, USED, withClaim(ANA, '7'));
    const review = (caller: Caller) => reviewGrant(broker.ports, callOf(caller), grant.id, null);
    expect(await review(REVIEWER)).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('employee') },
    });
    expect(await review(withClaim(REVIEWER, '7'))).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('your own use') },
    });
    expect(await review(withClaim(REVIEWER, '8'))).toMatchObject({
      value: { review: { status: 'done' } },
    });
  });

  test('stays due where policy cannot say whether an auditor may close it', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, USED);
    const ports = withEngine(broker.ports, { mayOnEntitlement: () => err(NO_POLICY) });
    expect(await reviewGrant(ports, callOf(AUDITOR), grant.id, null)).toEqual(err(NO_POLICY));
  });

  test('stays due where policy cannot say who may close it', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, USED);
    const ports = withEngine(broker.ports, { mayOnEntitlement: () => err(NO_POLICY) });
    expect(await reviewGrant(ports, callOf(REVIEWER), grant.id, null)).toMatchObject({
      error: { code: 'not-found' },
    });
    expect(broker.log).toEqual([]);
  });
});
