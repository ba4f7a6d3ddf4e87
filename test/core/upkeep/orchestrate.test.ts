import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import type { Step } from '../../../core/lifecycle/next-step.ts';
import {
  type OrchestratePorts,
  orchestrate,
  type ParkedToken,
} from '../../../core/upkeep/orchestrate.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { grantOf } from '../../support/sample-grants.ts';

const EXPIRES = Date.parse('2026-11-23T10:30:00Z');
const grantWith = (changes: Partial<Grant> = {}): Grant =>
  grantOf(ANA.principal, { version: 5, expiresAt: EXPIRES, ...changes });

/** Waits for the end of `grantWith()`, chosen for an earlier version of it. */
const PARKED: ParkedToken = {
  taskToken: 'token-1',
  version: 4,
  waitsFor: 'end',
  until: '2026-11-23T10:30:01Z',
};

const STEP: Step = {
  phase: 'end',
  grantId: grantWith().id,
  version: 5,
  seconds: 1801,
  until: '2026-11-23T10:30:01Z',
  again: 0,
  pause: 0,
};

async function orchestrated(grant: Grant, isNew: boolean, parked: ParkedToken | null = null) {
  const calls: unknown[] = [];
  const ports: OrchestratePorts = {
    workflow: {
      start: async (step) => void calls.push(['start', step]),
      signal: async (taskToken, step) => void calls.push(['signal', taskToken, step]),
    },
    parkedToken: async (id) => {
      calls.push(['parkedToken', id]);
      return parked;
    },
    clock: () => NOW,
  };
  return { done: await orchestrate(ports, { grant, isNew }), calls };
}

describe('a new grant', () => {
  test('gets an execution with its next step', async () => {
    const { done, calls } = await orchestrated(grantWith(), true);
    expect(done).toBe('started');
    expect(calls).toEqual([['start', STEP]]);
  });

  test('that is over from the start gets none', async () => {
    const { done, calls } = await orchestrated(grantWith({ status: 'denied' }), true);
    expect(done).toBe('nothing');
    expect(calls).toEqual([]);
  });
});

describe('a later version of a grant', () => {
  const KILL = { roles: [], at: NOW, until: EXPIRES };
  const REVOKING = grantWith({ status: 'revoking', kill: KILL });

  test('wakes the execution where it waits for something else now', async () => {
    const { done, calls } = await orchestrated(REVOKING, false, PARKED);
    expect(done).toBe('signalled');
    expect(calls).toEqual([
      ['parkedToken', REVOKING.id],
      [
        'signal',
        'token-1',
        { ...STEP, phase: 'kill', seconds: 1, until: '2026-11-23T10:00:00.500Z' },
      ],
    ]);
  });

  test('wakes the execution where it waits for the same until another time', async () => {
    const extended = grantWith({ expiresAt: EXPIRES + 60_000 });
    expect((await orchestrated(extended, false, PARKED)).done).toBe('signalled');
  });

  test('wakes the execution where it waits for something else until the same time', async () => {
    const parked = { ...PARKED, waitsFor: 'start' };
    expect((await orchestrated(grantWith(), false, parked)).done).toBe('signalled');
  });

  test('wakes the execution of a grant that is over', async () => {
    const { done } = await orchestrated(grantWith({ status: 'cancelled' }), false, PARKED);
    expect(done).toBe('signalled');
  });

  test('leaves a wait for the same reason and time alone', async () => {
    const { done, calls } = await orchestrated(grantWith(), false, PARKED);
    expect(done).toBe('nothing');
    expect(calls).toEqual([['parkedToken', STEP.grantId]]);
  });

  test.each([5, 6])(
    'does not wake a wait that was chosen for the same or a later version: %s',
    async (version) => {
      const { done } = await orchestrated(REVOKING, false, { ...PARKED, version });
      expect(done).toBe('nothing');
    },
  );

  test('wakes nothing where no execution waits', async () => {
    expect((await orchestrated(REVOKING, false)).done).toBe('nothing');
  });
});

test.each([true, false])(
  'a port that fails makes the stream deliver the record again',
  async (isNew) => {
    const down = () => Promise.reject(new Error('down'));
    const ports: OrchestratePorts = {
      workflow: { start: down, signal: down },
      parkedToken: async () => ({ ...PARKED, waitsFor: 'start' }),
      clock: () => NOW,
    };
    await expect(orchestrate(ports, { grant: grantWith(), isNew })).rejects.toThrow('down');
  },
);
