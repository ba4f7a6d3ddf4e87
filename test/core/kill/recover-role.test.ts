import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type KillSwitch,
  killSwitchDocument,
  NOTHING_DENIED,
} from '../../../core/kill/deny-policy.ts';
import { killGrant } from '../../../core/kill/kill-grant.ts';
import { lookAfter } from '../../../core/kill/look-after.ts';
import { parsePolicy } from '../../../core/kill/parse-policy.ts';
import { cutOff, deniedByRole, recoverRole } from '../../../core/kill/recover-role.ts';
import { err, ok } from '../../../core/result.ts';
import { Aws, type Session } from '../../simulation/aws.ts';
import { Kernel } from '../../simulation/kernel.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  type KillWorld,
  killWorld,
  naming,
  revoking,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const HOUR = 3_600_000;
const IDS = ['gr_1qm8vwt2p0c6yh8ttf4e', 'gr_1qm8vwt2p0c6yh8ttf4f', 'gr_2qp0kp74xq1v0de1yb2g'];
const HASHES = ['343pcddht9bsnagv', '0000000000000001'];

const id = fc.constantFrom(...IDS);
const pattern = fc.oneof(
  id,
  fc.tuple(id, fc.integer({ min: 7, max: 22 })).map(([text, end]) => text.slice(0, end)),
);
const time = fc.integer({ min: -7200, max: 60 }).map((seconds) => START + seconds * 1000);
const switches: fc.Arbitrary<KillSwitch> = fc
  .record({
    patterns: fc.uniqueArray(pattern, { maxLength: 4 }),
    except: fc.uniqueArray(pattern, { maxLength: 3 }),
    principals: fc.uniqueArray(fc.record({ hash: fc.constantFrom(...HASHES), cutoff: time }), {
      selector: ({ hash }) => hash,
    }),
    cutoff: fc.option(time),
  })
  .map((made) => (made.patterns.length > 0 ? made : { ...made, except: [] }));

/** Whether the policy denies a session, as IAM judges it. */
function denies(document: string | null, session: readonly [string, string, number]): boolean {
  const [grantId, hash, issuedAt] = session;
  const aws = new Aws(new Kernel(1, START));
  if (document !== null) aws.policies.set(ROLE, document);
  const sourceIdentity = `ana-${hash}.${grantId}`;
  const plan = { sourceIdentity } as Session['plan'];
  return aws.denied({ role: ROLE, plan, issuedAt } as Session) !== null;
}

const policyOf = ({ policies }: KillWorld): string | null => policies.get(ROLE) ?? null;

function worldWith(document: string | null): KillWorld {
  const world = killWorld();
  if (document !== null) world.policies.set(ROLE, document);
  return world;
}

describe('the policy of a role', () => {
  test('reads as what it was written from', () => {
    fc.assert(
      fc.property(switches, (made) => {
        expect(parsePolicy(killSwitchDocument(made))).toEqual(ok(made));
      }),
    );
  });

  const [deny] = JSON.parse(killSwitchDocument(naming(IDS[0] ?? '')) ?? '').Statement;
  const policy = (...Statement: readonly object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement });
  const like = (value: unknown) => ({
    ...deny,
    Condition: { StringLike: { 'aws:SourceIdentity': value } },
  });

  test.each([
    ['is no JSON', '{', /no JSON/],
    ['has no statements', '{"Version":"2012-10-17"}', /list of statements/],
    ['has an empty list', policy(), /number or the order/],
    ['has another version', JSON.stringify({ Version: '2008-10-17', Statement: [deny] }), /beside/],
    ['has an Id', JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: [deny] }), /beside/],
    ['allows', policy({ ...deny, Effect: 'Allow' }), /EndedGrants/],
    ['has another Sid', policy({ ...deny, Sid: 'Other' }), /Other/],
    ['has another action', policy({ ...deny, Action: 's3:*' }), /EndedGrants/],
    ['has an unknown key', policy({ ...deny, NotPrincipal: '*' }), /EndedGrants/],
    ['has no Sid', policy({ ...deny, Sid: undefined }), /without a Sid/],
    ['has a wildcard in an id', policy(like(['*.gr_1*2*'])), /EndedGrants/],
    ['denies everybody', policy(like(['*'])), /EndedGrants/],
    ['has one text for a list', policy(like(`*.${IDS[0]}`)), /EndedGrants/],
    ['has a statement twice', policy(deny, deny), /number or the order/],
    [
      'has two lists, of which a parser drops the first',
      policy(deny).replace('"Statement":', '"Statement":[{"Effect":"Deny"}],"Statement":'),
      /number or the order/,
    ],
    [
      'has another condition',
      policy({ ...deny, Condition: { ...deny.Condition, Bool: { 'aws:ViaAWSService': 'true' } } }),
      /EndedGrants/,
    ],
    [
      'has no time',
      policy({
        ...deny,
        Sid: 'IssuedBefore',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': 'soon' } },
      }),
      /IssuedBefore/,
    ],
  ])('is not understood where it %s', (_, text, reason) => {
    expect(parsePolicy(text)).toEqual(
      err({ code: 'unknown-policy', reason: expect.stringMatching(reason) }),
    );
  });
});

describe('a role in a recovery', () => {
  const session = fc.tuple(
    id,
    fc.constantFrom(...HASHES),
    fc.integer({ min: START - 2 * HOUR, max: START + HOUR }),
  );

  test('denies all that it denied before, and all that was issued until now', async () => {
    await fc.assert(
      fc.asyncProperty(switches, fc.array(session), async (made, sessions) => {
        const before = killSwitchDocument(made);
        const world = worldWith(before);
        const done = await recoverRole(world.ports, ROLE, 'a test');
        const { patterns, except } = made;
        expect(done).toMatchObject(ok({ patterns, except }));
        for (const one of sessions) {
          if (one[2] <= START || denies(before, one)) {
            expect([one, denies(policyOf(world), one)]).toEqual([one, true]);
          }
        }
      }),
    );
  });

  test('says the same again after a stop, and lets two work at once', async () => {
    const world = worldWith(killSwitchDocument(naming(...IDS)));
    const both = [world.ports, { ...world.ports, holder: 'other' }];
    const all = await Promise.all(both.map((ports) => recoverRole(ports, ROLE, 'a test')));
    all.push(await recoverRole(world.ports, ROLE, 'a test'));
    for (const done of all) expect(done).toMatchObject(ok({ patterns: IDS, except: [] }));
  });

  test('denies no less wherever the store or IAM fails, and can be recovered again', async () => {
    const before = killSwitchDocument(naming(...IDS));
    const stores = ['readSwitch', 'lease', 'cutOff', 'cutoffOf', 'denied', 'open', 'confirm'];
    for (const method of [...stores, 'freeze', 'thaw', 'read', 'put']) {
      const world = worldWith(before);
      const failing =
        method === 'read' || method === 'put'
          ? withPolicies(world.ports, {
              [method]: async () => err({ code: 'refused', reason: 'AccessDenied' }),
            })
          : withKills(world.ports, { [method]: async () => err(NO_STORE) });
      expect([method, (await recoverRole(failing, ROLE, 'a test')).ok]).toEqual([method, false]);
      for (const one of IDS) {
        expect(denies(policyOf(world), [one, 'x', START + HOUR])).toBe(true);
      }
      world.now += 60_000;
      expect(await recoverRole(world.ports, ROLE, 'a test')).toMatchObject(ok({ patterns: IDS }));
    }
  });

  test('is frozen, and not written, where its policy says what the broker never writes', async () => {
    const world = worldWith('{"Version":"2012-10-17","Statement":[]}');
    const done = await recoverRole(world.ports, ROLE, 'a test');
    expect(done).toMatchObject({ error: { code: 'unknown-policy' } });
    expect(world.writes).toEqual([]);
    expect(await world.ports.kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
  });

  test('that was not understood is cut off by the first write after the recovery', async () => {
    const everything = { Effect: 'Deny', Action: '*', Resource: '*' };
    const world = worldWith(JSON.stringify({ Version: '2012-10-17', Statement: [everything] }));
    await recoverRole(world.ports, ROLE, 'a test');
    world.now += 60_000;
    expect(await lookAfter(world.ports, ROLE, false)).toEqual(ok('kept'));
    expect(denies(policyOf(world), [IDS[0] ?? '', 'x', START])).toBe(true);
    expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(null));
  });

  test('is not cut off for ever by a policy with a time that lies ahead', async () => {
    const late = { ...NOTHING_DENIED, cutoff: START + 2 * HOUR };
    for (const made of [
      late,
      { ...late, cutoff: null, principals: [{ hash: HASHES[0] ?? '', cutoff: START + 2 * HOUR }] },
    ]) {
      const world = worldWith(killSwitchDocument(made));
      expect(await recoverRole(world.ports, ROLE, 'a test')).toMatchObject({
        error: { code: 'unknown-policy', reason: expect.stringContaining('lies ahead') },
      });
      expect(world.writes).toEqual([]);
      expect(world.store.cutoffs.get(ROLE)?.at).toBe(START + 31_000);
    }
  });

  test('without room for the ids and the cutoff has the cutoff, and still says the ids again', async () => {
    const before = killSwitchDocument(naming(...IDS)) ?? '';
    const world = worldWith(before);
    const { policies } = world.ports;
    const ports = withPolicies(world.ports, {
      put: async (role, document) =>
        document.length > before.length + 20
          ? err({ code: 'too-long', reason: 'LimitExceeded' })
          : policies.put(role, document),
    });
    for (let times = 0; times < 3; times += 1) {
      const done = await recoverRole(ports, ROLE, 'a test');
      expect(done).toMatchObject(ok({ patterns: IDS, except: [] }));
      expect(parsePolicy(policyOf(world))).toMatchObject(ok({ patterns: [] }));
      for (const one of IDS) expect(denies(policyOf(world), [one, 'x', world.now])).toBe(true);
      world.now += 40_000;
    }
    const { id: grantId } = revoking(world);
    const recovering = { ...ports, recovering: true };
    expect(await killGrant(recovering, grantId, 'x')).toMatchObject(ok({ status: 'revoked' }));
    expect(denies(policyOf(world), [grantId, 'x', world.now])).toBe(true);
  });

  test('without room for both denies until the write, though the cutoff was given long before', async () => {
    const before = killSwitchDocument(naming(...IDS)) ?? '';
    const world = worldWith(before);
    const { policies } = world.ports;
    const put = async () => err({ code: 'refused', reason: 'AccessDenied' } as const);
    await recoverRole(withPolicies(world.ports, { put }), ROLE, 'a test');
    world.now += 120_000;
    const short = withPolicies(world.ports, {
      put: async (role, document) =>
        document.length > before.length + 20
          ? err({ code: 'too-long', reason: 'LimitExceeded' })
          : policies.put(role, document),
    });
    expect(await lookAfter({ ...short, recovering: true }, ROLE, false)).toEqual(ok('kept'));
    for (const one of IDS) expect(denies(policyOf(world), [one, 'x', world.now])).toBe(true);
  });

  test('without room keeps the ids where no cutoff keeps them', async () => {
    const before = killSwitchDocument(naming(...IDS));
    const world = worldWith(before);
    const long = async () => err({ code: 'too-long', reason: 'LimitExceeded' } as const);
    const ports = { ...withPolicies(world.ports, { put: long }), recovering: true };
    const { id: grantId } = revoking(world);
    expect(await killGrant(ports, grantId, 'x')).toMatchObject({ error: { code: 'too-long' } });
    expect(policyOf(world)).toBe(before);
    expect(await ports.kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
  });

  test.each([null, killSwitchDocument(naming(...IDS))])(
    'is neither written nor loses a policy where nothing is to be added: %s',
    async (before) => {
      const world = worldWith(before);
      await world.ports.kills.freeze(ROLE, { until: null, reason: 'a test' });
      const ports = { ...world.ports, recovering: true };
      expect(await lookAfter(ports, ROLE, false)).toEqual(ok('kept'));
      expect(world.writes).toEqual([]);
      expect(await ports.kills.freezeOf(ROLE)).toEqual(ok(null));
    },
  );

  test('that is none leaves nothing behind', async () => {
    const world = killWorld();
    expect(await recoverRole(world.ports, 'artifacts', 'a test')).toMatchObject({
      error: { code: 'refused', reason: 'not the ARN of a role' },
    });
    expect([world.store.switches.size, world.store.freezes.size]).toEqual([0, 0]);
  });

  test('is reported, and not frozen, where it does not exist', async () => {
    const world = killWorld();
    const gone = async () => err({ code: 'no-such-role', reason: 'NoSuchEntity' } as const);
    const ports = withPolicies(world.ports, { read: gone, put: gone, remove: gone });
    expect(await recoverRole(ports, ROLE, 'a test')).toMatchObject({
      error: { code: 'no-such-role' },
    });
    expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(null));
  });

  test('loses no deny to any other write, which knows less than the policy', async () => {
    const world = worldWith(killSwitchDocument(naming(...IDS)));
    const ports = { ...world.ports, recovering: true };
    await lookAfter(ports, ROLE, true);
    expect(policyOf(world)).toBe(killSwitchDocument(naming(...IDS)));
    const { id: grantId } = revoking(world);
    expect(await killGrant(ports, grantId, 'x')).toMatchObject(ok({ status: 'revoked' }));
    expect(parsePolicy(policyOf(world))).toMatchObject(ok({ patterns: IDS }));
    expect(denies(policyOf(world), [grantId, 'x', START])).toBe(true);
  });

  test('names the grants that its policy denied although they count as open', () => {
    const open = IDS.map((grantId) => ({ grantId }));
    const denied = { patterns: ['gr_1qm8', IDS[2] ?? ''], except: [IDS[1] ?? ''] };
    expect(deniedByRole(denied, open)).toEqual([open[0], open[2]]);
  });
});

describe('a cutoff', () => {
  test('lasts until nothing lives that was issued before, and then goes', async () => {
    const world = killWorld();
    const done = await cutOff(world.ports, ROLE, 'a test');
    const { at = 0, until = 0 } = done.ok ? done.value.cutoff : {};
    expect([at - START, until - at]).toEqual([31_000, 3_690_000]);
    expect(policyOf(world)).toBe(killSwitchDocument({ ...NOTHING_DENIED, cutoff: at }));
    expect(await world.ports.kills.freezeOf(ROLE)).toMatchObject({ value: { until: at } });
    expect(world.overflows).toEqual([]);
    world.now = until - 1;
    expect(await lookAfter(world.ports, ROLE, true)).toEqual(ok('kept'));
    expect(policyOf(world)).not.toBeNull();
    world.now = until;
    expect(await lookAfter(world.ports, ROLE, true)).toEqual(ok('forgotten'));
    expect(policyOf(world)).toBeNull();
  });

  test('stands for ended grants; one that ends later has its own place', async () => {
    const world = killWorld();
    const earlier = revoking(world);
    await cutOff(world.ports, ROLE, 'a test');
    expect(await killGrant(world.ports, earlier.id, 'x')).toMatchObject(ok({ status: 'revoked' }));
    expect(policyOf(world)).not.toContain(earlier.id);
    world.now += 60_000;
    const later = revoking(world, { kill: { roles: [ROLE], at: world.now, until: START + HOUR } });
    await killGrant(world.ports, later.id, 'x');
    expect(policyOf(world)).toContain(later.id);
    expect(policyOf(world)).toContain('"IssuedBefore"');
  });
});
