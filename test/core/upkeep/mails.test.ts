import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { dueAt } from '../../../core/lifecycle/next-step.ts';
import { mailsOf } from '../../../core/upkeep/mails.ts';
import { compiled } from '../../support/bundles.ts';
import { CALL, NOW, REQUEST, world } from '../../support/memory-ports.ts';

async function granted(changes: Partial<Grant>): Promise<{ grant: Grant; event: AuditEvent }> {
  const broker = world(compiled());
  const asked = await requestGrant(broker.ports, CALL, REQUEST);
  const [event] = broker.events;
  if (!asked.ok || event === undefined) throw new Error('no grant');
  return { grant: { ...asked.value, ...changes }, event };
}

async function subjects(
  type: AuditEvent['type'],
  status: Grant['status'],
  breakGlass: boolean,
): Promise<readonly string[]> {
  const { grant, event } = await granted({ breakGlass, status });
  const told = mailsOf({ ...event, type, status } as AuditEvent, grant);
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
    const sent = await subjects(type, status, true);
    expect(sent.map((subject) => subject.trim())).toEqual(
      expected.map((subject) => subject.trim()),
    );
  });

  test('nobody of an ordinary start', async () => {
    expect(await subjects('started', 'active', false)).toEqual([]);
  });
});

test('a revocation is due from the moment it was asked for, and not before all others', async () => {
  const kill = { roles: [], at: NOW, until: NOW + 1000 };
  const { grant } = await granted({ status: 'revoking', kill });
  expect(dueAt(grant)).toBe(NOW);
});
