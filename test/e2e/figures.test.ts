import { expect, test } from '@jest/globals';
import { stats } from '../../core/api/stats-responses.ts';
import { act, ask, invoke, tester, untilStatus } from './grant-actions.ts';
import { ARTIFACTS, call, person, until, vend } from './support.ts';

/** The figures, from what really happens on the stack. */

async function figures(query = '') {
  const { status, body } = await call('GET', `/v1/stats${query}`, await person(['security']));
  expect(status).toBe(200);
  return stats.parse(body);
}

type Figures = Awaited<ReturnType<typeof figures>>;

const countsOf = ({ outcomes, days, timeToRevokeMs, timeToApproveSeconds }: Figures) => ({
  ...{ allow: outcomes.allow, approve: outcomes.approve },
  vends: days.reduce((sum, day) => sum + day.vends, 0),
  ...{ revoked: timeToRevokeMs.count, approved: timeToApproveSeconds.count },
});

test('count requests, votes, vends and revocations, and how long they took', async () => {
  const before = countsOf(await figures());
  const token = await person(['platform']);
  const { grant } = await vend(token, ARTIFACTS);
  const [ana, bob] = await Promise.all([tester(), person(['first-tier'])]);
  const asked = await ask(ana, 'quick-approval');
  await act(bob, asked.id, 'approve');
  await act(token, grant.id, 'revoke');
  await untilStatus(token, grant.id, 'revoked');
  const after = await until('everything is counted', async () => {
    const now = await figures();
    const { allow, approve, vends, revoked, approved } = countsOf(now);
    const done =
      allow > before.allow &&
      approve > before.approve &&
      vends > before.vends &&
      revoked > before.revoked &&
      approved > before.approved;
    return done ? now : null;
  });
  expect(after.active).toBeGreaterThan(0);
  expect(after.timeToRevokeMs.p50).toBeGreaterThan(0);
  expect(after.entitlements.map(({ id }) => id)).toContain('artifacts-read');
  expect(Date.parse(after.at)).toBeGreaterThan(Date.now() - 600_000);
  expect(after.days).toHaveLength(8);
});

test('are the same after every event was counted anew', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const counted = await figures(`?from=${today}`);
  await invoke('ObserveFunctionName', { recountSince: today });
  const again = await until('everything is counted again', async () => {
    await invoke('ObserveFunctionName', {});
    const now = await figures(`?from=${today}`);
    // Other tests make more of everything meanwhile.
    const before = Object.entries(countsOf(counted));
    const after = new Map(Object.entries(countsOf(now)));
    return before.every(([name, count]) => (after.get(name) ?? 0) >= count) ? now : null;
  });
  expect(again.entitlements.length).toBeGreaterThanOrEqual(counted.entitlements.length);
});

test('are for those who may audit', async () => {
  const { status } = await call('GET', '/v1/stats', await person(['platform']));
  expect(status).toBe(403);
  const wrong = await call('GET', '/v1/stats?from=tomorrow', await person(['security']));
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/from' }] } });
});
