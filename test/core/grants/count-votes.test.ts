import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { BOSS, GOVERNED, OTHER_BOSS, pendingIn } from '../../support/authorities.ts';
import { NO_POLICY, NO_STORE, withEngine } from '../../support/failing-ports.ts';
import { callOf, type World, world } from '../../support/memory-ports.ts';

/** The vote that completes a quorum of two has the one before checked once more. */

const vote = (
  { ports }: Pick<World, 'ports'>,
  caller: Caller,
  grant: Grant,
  what: 'approve' | 'deny' = 'approve',
) => castVote(ports, callOf(caller), grant.id, { vote: what, comment: null, extension: null });

async function votedOnce(what: 'approve' | 'deny' = 'approve') {
  const broker = world(GOVERNED);
  const grant = await pendingIn(broker);
  await vote(broker, BOSS, grant, what);
  return { broker, grant };
}

describe('a request stays undecided', () => {
  test('where nobody knows whether the earlier voter is suspended', async () => {
    const { broker, grant } = await votedOnce();
    const suspensionOf = async (id: string) =>
      id === BOSS.principal.id ? err(NO_STORE) : ok(null);
    const ports = { ...broker.ports, principals: { ...broker.ports.principals, suspensionOf } };
    expect(await vote({ ports }, OTHER_BOSS, grant)).toEqual(err(NO_STORE));
    expect(broker.grants.get(grant.id)).toMatchObject({ status: 'pending', version: 2 });
  });

  test('where policy cannot say whether the earlier voter may still vote', async () => {
    const { broker, grant } = await votedOnce();
    const { engine } = broker.ports;
    const ports = withEngine(broker.ports, {
      mayVote: (question) =>
        question.caller.principal.id === BOSS.principal.id
          ? err(NO_POLICY)
          : engine.mayVote(question),
    });
    expect(await vote({ ports }, OTHER_BOSS, grant)).toEqual(err(NO_POLICY));
    expect(broker.grants.get(grant.id)).toMatchObject({ status: 'pending', version: 2 });
  });
});

test('a vote that does not complete the quorum leaves the ones before as they are', async () => {
  const { broker, grant } = await votedOnce();
  const stored = broker.grants.get(grant.id) ?? grant;
  broker.grants.set(grant.id, { ...stored, approvals: { ...stored.approvals, required: 3 } });
  broker.table.suspensions.set(BOSS.principal.id, { at: 0, by: 'broker', reason: 'x' });
  const voted = await vote(broker, OTHER_BOSS, grant);
  expect(voted).toMatchObject({
    value: { status: 'pending', approvals: { votes: { length: 2 } } },
  });
});

test('a vote that replaces an earlier one of its person voids nothing', async () => {
  const { broker, grant } = await votedOnce('deny');
  await vote(broker, OTHER_BOSS, grant);
  const stored = broker.grants.get(grant.id) ?? grant;
  // What an earlier version wrote without the facts of the voter counts no more.
  const votes = stored.approvals.votes.map((one) =>
    one.vote === 'deny' ? { ...one, facts: null } : one,
  );
  broker.grants.set(grant.id, { ...stored, approvals: { ...stored.approvals, votes } });
  expect(await vote(broker, BOSS, grant)).toMatchObject({ value: { status: 'active' } });
  expect(broker.events.map(({ type }) => type)).not.toContain('vote-voided');
});
