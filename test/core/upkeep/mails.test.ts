import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import { ask } from '../../../core/grants/request-grant.ts';
import { dueAt } from '../../../core/lifecycle/next-step.ts';
import { announcementsOf } from '../../../core/upkeep/mails.ts';
import { compiled } from '../../support/bundles.ts';
import { ANA, CALL, NOW, REQUEST, world } from '../../support/memory-ports.ts';

async function granted(changes: Partial<Grant>): Promise<{ grant: Grant; event: AuditEvent }> {
  const it = world(compiled());
  const asked = await ask(it.ports, ANA, REQUEST, CALL);
  const [event] = it.events;
  if (!asked.ok || event === undefined) throw new Error('no grant');
  return { grant: { ...asked.value, ...changes }, event };
}

async function subjects(
  type: AuditEvent['type'],
  status: Grant['status'],
  breakGlass: boolean,
): Promise<readonly string[]> {
  const { grant, event } = await granted({ breakGlass, status });
  const told = announcementsOf({ ...event, type, status } as AuditEvent, grant);
  return told.map(({ audience, subject }) => `${audience}: ${subject.split(': ')[0]?.slice(12)}`);
}

const USED = ['approvers: Break-glass was used', 'security: Break-glass was used'];

describe('who is told of break-glass', () => {
  test.each<[AuditEvent['type'], Grant['status'], readonly string[]]>([
    ['requested', 'active', USED],
    ['requested', 'pending', ['approvers: A request waits for your vote ']],
    ['requested', 'scheduled', []],
    ['requested', 'denied', []],
    ['approved', 'active', USED],
    ['approved', 'scheduled', []],
    ['started', 'active', USED],
  ])('when it is %s and %s', async (type, status, expected) => {
    const told = await subjects(type, status, true);
    expect(told.map((it) => it.trim())).toEqual(expected.map((it) => it.trim()));
  });

  test('nobody of an ordinary start', async () => {
    expect(await subjects('started', 'active', false)).toEqual([]);
  });
});

test('a revocation is due from the moment it was asked for, and not before all others', async () => {
  const denial = { roles: [], at: NOW, until: NOW + 1000 };
  const { grant } = await granted({ status: 'revoking', denial });
  expect(dueAt(grant)).toBe(NOW);
});
