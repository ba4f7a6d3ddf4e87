import { describe, expect, test } from '@jest/globals';
import { newGrantId } from '../../../core/ids.ts';
import { converge } from '../../../core/kill/converge.ts';
import type { DeniedGrant, OpenGrant } from '../../../core/kill/deny-policy.ts';
import { PRESSURE_PERCENT, pressureOf, usesOf } from '../../../core/kill/pressure.ts';
import { ROOMS } from '../../../core/kill/switch-for.ts';
import { err } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { killWorld, revoking, withKills } from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

/** How much of its room a role's kill switch needs, and who needs it. */

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
const [ROOM = 0] = ROOMS;

const idOf = (ago: number) =>
  newGrantId(
    () => Uint8Array.from({ length: 12 }, (_, at) => (ago * 31 + at * at) % 256),
    NOW - ago,
  );

function ended(ago: number, name: string, until = NOW + HOUR): DeniedGrant {
  const row = { grantId: idOf(ago), at: NOW - ago, until, begins: false };
  return { ...row, principalKey: `ci-${name}` };
}
const open = (ago: number, name: string): OpenGrant => ({
  grantId: idOf(ago),
  principalKey: `ci-${name}`,
});

/** So many ended grants of one principal, with an open one of another between each two. */
const interleaved = (count: number, name = 'hog', other = 'other') => ({
  denied: Array.from({ length: count }, (_, at) => ended(HOUR + at * 5000, name)),
  open: Array.from({ length: count }, (_, at) => open(HOUR + at * 5000 + 2500, other)),
});

describe('the pressure on a role', () => {
  test('is none where many grants ended one after another: prefixes deny them', () => {
    const denied = Array.from({ length: 600 }, (_, at) => ended(HOUR + at * 5000, 'ci'));
    expect(pressureOf(ROLE, { denied, open: [], readAt: NOW, cutoff: null }, ROOM)).toBeNull();
  });

  test('is what the shortest policy needs that denies all by their ids', () => {
    const rows = { ...interleaved(450), readAt: NOW, cutoff: null };
    const pressure = pressureOf(ROLE, rows, ROOM);
    expect(pressure).toMatchObject({ role: ROLE, ended: 450 });
    expect(pressure?.percent).toBeGreaterThanOrEqual(PRESSURE_PERCENT);
    const twice = pressureOf(ROLE, rows, 2 * ROOM);
    expect(twice?.percent ?? 0).toBeLessThan(PRESSURE_PERCENT);
  });

  test('goes beyond the room where the switch overflows', () => {
    const pressure = pressureOf(ROLE, { ...interleaved(900), readAt: NOW, cutoff: null }, ROOM);
    expect(pressure?.percent).toBeGreaterThan(100);
  });

  test('names those who need most, by what the role would need without them', () => {
    const hog = interleaved(450);
    const denied = [...hog.denied, ended(HOUR / 2, 'small'), ended(HOUR / 2 + 9000, 'small')];
    const pressure = pressureOf(ROLE, { denied, open: hog.open, readAt: NOW, cutoff: null }, ROOM);
    const [first, ...others] = pressure?.principals ?? [];
    expect(first).toMatchObject({ ended: 450, open: 0, latest: { grantId: idOf(HOUR) } });
    expect(first?.percent).toBeGreaterThan(50);
    expect(others.at(-1)?.percent).toBeLessThan(5);
  });

  test('is not made of grants whose keys have expired', () => {
    const { denied, open: spared } = interleaved(450);
    const dead = denied.map((row) => ({ ...row, until: NOW }));
    expect(
      pressureOf(ROLE, { denied: dead, open: spared, readAt: NOW, cutoff: null }, ROOM),
    ).toBeNull();
  });
});

describe('what one principal’s ended grants need', () => {
  test('is noted where it is much, until the oldest of its keys have expired', () => {
    const { denied, open: spared } = interleaved(450);
    const [first, ...others] = denied;
    if (first === undefined) throw new Error('none ended');
    const rows = [{ ...first, until: NOW + 1000 }, ...others, ended(HOUR / 2, 'small')];
    expect(usesOf({ denied: rows, open: spared, readAt: NOW, cutoff: null }, ROOM)).toEqual([
      { hash: 'hog', percent: expect.any(Number), until: NOW + 1000 },
    ]);
  });

  test('is not that of open grants, however many there are between', () => {
    const { denied, open: spared } = interleaved(450, 'hog', 'patient');
    const uses = usesOf({ denied, open: spared, readAt: NOW, cutoff: null }, ROOM);
    expect(uses.map((use) => use.hash)).toEqual(['hog']);
  });

  test('of young grants lasts until prefixes stand for them', () => {
    const denied = Array.from({ length: 200 }, (_, at) => ended(at * 200, 'hog'));
    expect(usesOf({ denied, open: [], readAt: NOW, cutoff: null }, ROOM)).toMatchObject([
      { hash: 'hog', until: NOW + 60_000 },
    ]);
    expect(usesOf({ denied, open: [], readAt: NOW + 100_000, cutoff: null }, ROOM)).toEqual([]);
  });

  test('is nothing to note on a quiet role', () => {
    const denied = Array.from({ length: 20 }, (_, at) => ended(at * 200, 'hog'));
    expect(usesOf({ denied, open: [], readAt: NOW, cutoff: null }, ROOM)).toEqual([]);
  });
});

test('a writer notes it where vends look, after the deny', async () => {
  const world = killWorld();
  const kill = { roles: [ROLE], at: world.now, until: world.now + HOUR };
  for (let each = 0; each < 250; each += 1) revoking(world, { kill, principalKey: 'ci-hog' });
  expect((await converge(world.ports, ROLE, once())).ok).toBe(true);
  expect(world.store.uses.get(ROLE)).toMatchObject([{ hash: 'hog' }]);
  // The store does not answer: the deny stands all the same.
  revoking(world);
  const ports = withKills(world.ports, { noteUses: async () => err(NO_STORE) });
  expect((await converge(ports, ROLE, once())).ok).toBe(true);
});

test('a writer reports the pressure after it has confirmed the deny, and none on a quiet role', async () => {
  const world = killWorld();
  revoking(world);
  expect((await converge(world.ports, ROLE, once())).ok).toBe(true);
  expect(world.pressures).toEqual([]);
  const kill = { roles: [ROLE], at: world.now, until: world.now + HOUR };
  for (let each = 0; each < 250; each += 1) revoking(world, { kill, principalKey: 'ci-hog' });
  const seen: boolean[] = [];
  const ports = {
    ...world.ports,
    reportPressure: async (...told: Parameters<typeof world.ports.reportPressure>) => {
      const state = await world.ports.kills.readSwitch(ROLE);
      seen.push(state.ok && state.value.wroteAt === world.now);
      await world.ports.reportPressure(...told);
    },
  };
  expect((await converge(ports, ROLE, once())).ok).toBe(true);
  expect(seen).toEqual([true]);
  expect(world.pressures).toMatchObject([{ role: ROLE, ended: 251 }]);
});

/** Satisfied once the policy was written. */
function once() {
  let asked = 0;
  return () => ++asked > 1;
}
