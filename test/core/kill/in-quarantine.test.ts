import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { killSwitchDocument, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { keepingDenied } from '../../../core/kill/keep-denied.ts';
import { killGrant } from '../../../core/kill/kill-grant.ts';
import { lookAfter } from '../../../core/kill/look-after.ts';
import { nextStep, stepAfter } from '../../../core/lifecycle/next-step.ts';
import { killWorld, naming, revoking } from '../../support/kill-ports.ts';
import { IN_FORCE } from '../../support/quarantine.ts';
import { ROLE } from '../../support/sample-grants.ts';

const OLD = 'gr_00000000000000000abc';

function identitiesIn(document: string | null): readonly string[] {
  const { Statement = [] } = JSON.parse(document ?? '{}') as {
    Statement?: { Condition: { StringLike?: Record<string, string[]> } }[];
  };
  return Statement.flatMap(({ Condition }) => Condition.StringLike?.['aws:SourceIdentity'] ?? []);
}

test('a grant is denied, and what the policy denied before, of which the table knows nothing, stays', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  world.policies.set(ROLE, killSwitchDocument(naming(OLD)) ?? '');
  const grant = revoking(world);
  const done = await killGrant(world.ports, grant.id, 'r-1');
  expect(done).toMatchObject({ ok: true, value: { status: 'revoked' } });
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toEqual([`*.${grant.id}`, `*.${OLD}`]);
});

test('a deny is removed only after the quarantine, and then all that nobody needs any more', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  world.policies.set(ROLE, killSwitchDocument(naming(OLD)) ?? '');
  const { id, kill } = revoking(world);
  await killGrant(world.ports, id, 'r-1');
  world.now = (kill?.until ?? 0) + 1;
  expect(await killGrant(world.ports, id, 'r-2')).toMatchObject({
    value: { kill: { roles: [ROLE] } },
  });
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toContain(`*.${id}`);
  expect(await lookAfter(world.ports, ROLE, false)).toEqual({ ok: true, value: 'kept' });
  expect(identitiesIn(world.policies.get(ROLE) ?? null)).toContain(`*.${OLD}`);
  world.quarantine = null;
  expect(await killGrant(world.ports, id, 'r-3')).toMatchObject({ value: { kill: null } });
  await lookAfter(world.ports, ROLE, false);
  expect(world.policies.has(ROLE)).toBe(false);
});

test('a retired role is not forgotten', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  await world.ports.kills.lease(ROLE, 'us', world.now, world.now + 1);
  expect(await lookAfter(world.ports, ROLE, true)).toEqual({ ok: true, value: 'kept' });
  world.quarantine = null;
  expect(await lookAfter(world.ports, ROLE, true)).toEqual({ ok: true, value: 'forgotten' });
});

test('the workflow waits with the pruning, as often as it takes, and never gives up', async () => {
  const world = killWorld();
  world.quarantine = IN_FORCE;
  const { id, kill } = revoking(world);
  const denied = await killGrant(world.ports, id, 'r-1');
  if (!denied.ok) throw new Error(denied.error.code);
  const later = (kill?.until ?? 0) + 60_000;
  let step = stepAfter({ again: 19 }, nextStep(denied.value, later, true));
  for (let times = 0; times < 100; times += 1) {
    expect(step).toMatchObject({ phase: 'quarantine', seconds: 300, again: 0 });
    step = stepAfter(step, nextStep(denied.value, later, true));
  }
});

const ID = fc.stringMatching(/^gr_[0-9a-z]{20}$/);
const SWITCH = fc.record({
  patterns: fc.uniqueArray(ID, { maxLength: 5 }),
  principals: fc.array(
    fc.record({
      hash: fc.stringMatching(/^[a-z]{4}$/),
      cutoff: fc.integer({ min: 1, max: 9 }).map((day) => Date.UTC(2026, 10, day)),
    }),
    { maxLength: 2 },
  ),
  except: fc.uniqueArray(ID, { maxLength: 1 }),
  cutoff: fc.option(fc.integer({ min: 1, max: 9 }).map((day) => Date.UTC(2026, 10, day))),
});

test('a policy only grows, each name is there once, and growing again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(SWITCH, { minLength: 2, maxLength: 6 }), (switches) => {
      let standing: string | null = null;
      for (const one of switches) {
        const made = killSwitchDocument({ ...NOTHING_DENIED, ...one });
        const grown = keepingDenied(standing, made);
        const before = new Set(identitiesIn(standing));
        expect(before.isSubsetOf(new Set(identitiesIn(grown)))).toBe(true);
        expect(keepingDenied(grown, made)).toBe(grown);
        const { Statement = [] } = JSON.parse(grown ?? '{}') as { Statement?: { Sid: string }[] };
        const sids = Statement.map(({ Sid }) => Sid).filter((sid) => sid.startsWith('Kept'));
        expect(new Set(sids).size).toBe(sids.length);
        standing = grown;
      }
    }),
  );
});
