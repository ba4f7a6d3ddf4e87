import { expect, test } from '@jest/globals';
import { brokerItself, initiatorOf } from '../../../core/audit.ts';
import {
  beginQuarantine,
  recordDeployed,
  releaseQuarantine,
} from '../../../core/upkeep/order-quarantine.ts';
import { CALL, callOf, NOW, person } from '../../support/memory-ports.ts';
import { MemoryQuarantine } from '../../support/quarantine.ts';

const ADA = callOf(person('ada'));
const BEN = callOf(person('ben'));
const BUNDLE = { entitlements: {} };
const ORDER = { cause: 'order', reason: 'a token was stolen' } as const;

function world(deployed = false) {
  const quarantines = new MemoryQuarantine();
  let seed = 0;
  const random = (length: number) =>
    Uint8Array.from({ length }, () => {
      seed += 1;
      return seed % 251;
    });
  return {
    quarantines,
    ports: { quarantines, deployed, clock: () => NOW, random, bundle: BUNDLE },
  };
}

test('an order begins it, and leaves an event with the reason and who gave it', async () => {
  const { quarantines, ports } = world();
  const done = await beginQuarantine(ports, ORDER, initiatorOf(ADA));
  expect(done).toMatchObject({ ok: true, value: { cause: 'order', at: NOW, deployed: false } });
  expect(quarantines.events).toMatchObject([
    {
      ...{ type: 'quarantine-begun', principalId: 'broker', reason: 'a token was stolen' },
      actor: { id: 'people:ada' },
    },
  ]);
});

test('nobody ends it while a recovery goes on', async () => {
  const { quarantines, ports } = world();
  await beginQuarantine(ports, { ...ORDER, cause: 'recovery' }, initiatorOf(ADA));
  quarantines.recovers = true;
  const refused = await releaseQuarantine(ports, ADA, 'done');
  expect(refused).toMatchObject({
    error: { code: 'quarantine-state', detail: expect.stringContaining('valetkey recover') },
  });
  expect(quarantines.record?.release).toBeNull();
});

test('two people end it; each leaves an event', async () => {
  const { quarantines, ports } = world();
  await beginQuarantine(ports, ORDER, initiatorOf(ADA));
  const asked = await releaseQuarantine(ports, ADA, 'it was nothing');
  expect(asked).toMatchObject({ value: { release: { by: { id: 'people:ada' }, at: NOW } } });
  const again = await releaseQuarantine(ports, ADA, 'really');
  expect(again).toMatchObject({ ok: true, value: { release: { by: { id: 'people:ada' } } } });
  expect(await releaseQuarantine(ports, BEN, 'agreed')).toEqual({ ok: true, value: null });
  expect(quarantines.record).toBeNull();
  expect(quarantines.events.map(({ type, reason }) => `${type}: ${reason}`)).toEqual([
    'quarantine-begun: a token was stolen',
    'quarantine-release-asked: it was nothing',
    'quarantine-ended: agreed',
  ]);
});

test('a repeat under its key changes nothing, even after the quarantine has ended', async () => {
  const { quarantines, ports } = world();
  const idempotency = { principal: 'people:ada', key: 'k', fingerprint: 'f' };
  const giving = { idempotency, unsuspended: 'people:ada' };
  await beginQuarantine(ports, ORDER, initiatorOf(ADA), giving);
  await releaseQuarantine(ports, ADA, '');
  await releaseQuarantine(ports, BEN, '');
  const repeated = await beginQuarantine(ports, ORDER, initiatorOf(ADA), giving);
  expect(repeated).toEqual({ ok: true, value: null });
  expect(quarantines.events).toHaveLength(3);
  const other = { ...giving, idempotency: { ...idempotency, fingerprint: 'g' } };
  expect(await beginQuarantine(ports, ORDER, initiatorOf(ADA), other)).toMatchObject({
    error: { code: 'key-reused' },
  });
});

test('a repeated release of the first person does not count against a later quarantine', async () => {
  const { ports } = world();
  const keyed = { ...ADA, idempotency: { principal: 'people:ada', key: 'r', fingerprint: 'f' } };
  await beginQuarantine(ports, ORDER, initiatorOf(ADA));
  await releaseQuarantine(ports, keyed, '');
  await releaseQuarantine(ports, BEN, '');
  await beginQuarantine(ports, ORDER, initiatorOf(BEN));
  expect(await releaseQuarantine(ports, keyed, '')).toMatchObject({ value: { release: null } });
});

test('nothing is released that is not in force', async () => {
  const { ports } = world();
  expect(await releaseQuarantine(ports, ADA, '')).toMatchObject({
    error: { code: 'quarantine-state', detail: 'The broker is not in quarantine.' },
  });
});

test('while the deployment keeps it in force nobody releases it; afterwards two people do', async () => {
  const { quarantines, ports } = world(true);
  await recordDeployed(ports, 'sweep-1');
  expect(await releaseQuarantine(ports, ADA, '')).toMatchObject({
    error: { code: 'quarantine-state', detail: expect.stringContaining('-c recovery=on') },
  });
  const later = { ...ports, deployed: false };
  expect(await releaseQuarantine(later, ADA, '')).toMatchObject({ value: { cause: 'recovery' } });
  expect(await releaseQuarantine(later, BEN, '')).toEqual({ ok: true, value: null });
  expect(quarantines.events.map(({ actor, type }) => [actor === 'broker', type])).toEqual([
    [true, 'quarantine-begun'],
    [false, 'quarantine-release-asked'],
    [false, 'quarantine-ended'],
  ]);
});

test('the sweep writes the record of the deployment once, and takes back what was asked before', async () => {
  const { quarantines, ports } = world();
  await beginQuarantine(ports, ORDER, brokerItself('direct'));
  await releaseQuarantine(ports, ADA, '');
  const deployed = { ...ports, deployed: true };
  await recordDeployed(deployed, 'sweep-1');
  await recordDeployed(deployed, 'sweep-2');
  expect(quarantines.record).toMatchObject({ cause: 'order', release: null });
  expect(quarantines.events).toHaveLength(3);
});

test('of two people who ask at once, one asks and the other ends', async () => {
  const { quarantines, ports } = world();
  await beginQuarantine(ports, ORDER, initiatorOf(callOf(person('zoe'), CALL)));
  await Promise.all([releaseQuarantine(ports, ADA, ''), releaseQuarantine(ports, BEN, '')]);
  expect(quarantines.record).toBeNull();
  expect(quarantines.events.map(({ type }) => type)).toEqual([
    'quarantine-begun',
    'quarantine-release-asked',
    'quarantine-ended',
  ]);
});
