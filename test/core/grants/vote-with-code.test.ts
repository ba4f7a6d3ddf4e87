import { describe, expect, test } from '@jest/globals';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import { shownCode } from '../../../core/lifecycle/match-code.ts';
import { APPROVAL, BOSS, OTHER_BOSS, POLICIES } from '../../support/authorities.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { ANA, callOf, REQUEST, world } from '../../support/memory-ports.ts';

const GOVERNED = compiled(
  files({
    'entitlements/read.yaml': `${READ}${APPROVAL.replace('required: 2', 'required: 1')}  matchCode: true\n`,
    'policies/read.cedar': POLICIES,
  }),
);
const YES = { vote: 'approve', comment: null, extension: null } as const;

async function asked() {
  const broker = world(GOVERNED);
  const grant = await requestGrant(broker.ports, callOf(ANA), REQUEST, '47');
  if (!grant.ok) throw new Error(JSON.stringify(grant.error));
  const approve = (matchCode: string | null, by = BOSS) =>
    castVote(broker.ports, callOf(by), grant.value.id, { ...YES, matchCode });
  const stored = () => broker.grants.get(grant.value.id);
  return { broker, grant: grant.value, approve, stored };
}

describe('an approval that needs the match code', () => {
  test('counts with the code that the requester was shown', async () => {
    const { grant, approve, stored } = await asked();
    expect(grant.status).toBe('pending');
    expect(shownCode(grant, '47')).toBe('47');
    expect(await approve('47')).toMatchObject({ ok: true });
    expect(stored()?.approvals.votes).toHaveLength(1);
  });

  test('is refused without one, and nothing is written', async () => {
    const { grant, approve, stored } = await asked();
    expect(await approve(null)).toMatchObject({
      error: { code: 'invalid', errors: [{ pointer: '/matchCode' }] },
    });
    expect(stored()).toEqual(grant);
  });

  test('is refused with a wrong one, which leaves a try less and a record of who tried', async () => {
    const { broker, approve, stored } = await asked();
    const refused = await approve('74');
    expect(refused).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('2 tries left') },
    });
    expect(stored()).toMatchObject({
      status: 'pending',
      approvals: { votes: [], matchCode: { triesLeft: 2 } },
    });
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'vote-voided', reason: 'the match code was wrong' },
      approver: { id: BOSS.principal.id },
    });
    expect(await approve('47')).toMatchObject({ ok: true });
  });

  test('ends with the third wrong one, whoever tried, and the right one comes too late', async () => {
    const { broker, approve, stored } = await asked();
    await approve('74');
    await approve('75', OTHER_BOSS);
    expect(await approve('76')).toMatchObject({ error: { code: 'forbidden' } });
    expect(stored()).toMatchObject({
      status: 'denied',
      endReason: 'the match code was wrong three times',
    });
    expect(broker.events.slice(-2).map(({ type }) => type)).toEqual(['vote-voided', 'denied']);
    expect(await approve('47')).toMatchObject({ error: { code: 'wrong-state' } });
  });

  test('that was wrong is not remembered under its key: the right one may follow', async () => {
    const { broker, grant, stored } = await asked();
    const idempotency = { principal: BOSS.principal.id, key: 'k', fingerprint: 'f' };
    const keyed = { ...callOf(BOSS), idempotency };
    const once = (matchCode: string) =>
      castVote(broker.ports, keyed, grant.id, { ...YES, matchCode });
    expect(await once('11')).toMatchObject({ ok: false });
    expect(await once('47')).toMatchObject({ ok: true });
    expect(stored()?.approvals.votes).toHaveLength(1);
  });

  test('may be denied without it', async () => {
    const { broker, grant, stored } = await asked();
    await castVote(broker.ports, callOf(BOSS), grant.id, { ...YES, vote: 'deny' });
    expect(stored()?.approvals.votes).toMatchObject([{ vote: 'deny' }]);
  });
});
