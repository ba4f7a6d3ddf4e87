import { describe, expect, test } from '@jest/globals';
import { NO_SUCH_GRANT } from '../../../core/deciding/authority.ts';
import { mayVote } from '../../../core/deciding/who-may-vote.ts';
import type { Failure } from '../../../core/failure.ts';
import type { Grant } from '../../../core/grant.ts';
import { changeGrant } from '../../../core/grants/change-grant.ts';
import {
  asStrangersSeeIt,
  type FindPorts,
  findGrant,
  findVendableGrant,
  findVisibleGrant,
  hideFromStrangers,
} from '../../../core/grants/find-grant.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { activeIn, GOVERNED, STRANGER } from '../../support/authorities.ts';
import {
  NO_POLICY,
  NO_STORE,
  unusedStore,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, AUDITOR, callOf, world } from '../../support/memory-ports.ts';

const NO_GRANT = `gr_${'9'.repeat(20)}`;

/** As it is asked about a vote. */
async function mayVoteOn(ports: FindPorts, grant: Grant): Promise<Result<null, Failure>> {
  const may = await mayVote(ports, callOf(STRANGER), grant);
  return may.ok ? ok(null) : may;
}

async function granted() {
  const broker = world(GOVERNED);
  const grant = await activeIn(broker);
  return { broker, ports: broker.ports, grant };
}

describe('a grant', () => {
  test('is found by its id, for every caller', async () => {
    const { broker, ports, grant } = await granted();
    expect(await findGrant(ports.store, grant.id)).toEqual(ok(grant));
    expect(await findGrant(ports.store, NO_GRANT)).toEqual(err(NO_SUCH_GRANT));
    expect(broker.questions).toEqual([]);
  });

  test('is shown to its requester and to auditors; others do not learn that it exists', async () => {
    const { broker, ports, grant } = await granted();
    expect(await findVisibleGrant(ports, callOf(ANA), grant.id)).toEqual(ok(grant));
    expect(broker.questions).toEqual(['request', 'autoApprove']);
    expect(await findVisibleGrant(ports, callOf(AUDITOR), grant.id)).toEqual(ok(grant));
    const hidden = await findVisibleGrant(ports, callOf(STRANGER), grant.id);
    expect(hidden).toEqual(await findVisibleGrant(ports, callOf(STRANGER), NO_GRANT));
    expect(hidden).toEqual(err(NO_SUCH_GRANT));
  });

  test('is the caller’s own by the id of its requester, not by a name', async () => {
    const { ports, grant } = await granted();
    expect(await findVendableGrant(ports, callOf(ANA), grant.id)).toEqual(ok(grant));
    const detail = 'Only the requester of a grant can vend credentials under it.';
    expect(await findVendableGrant(ports, callOf(AUDITOR), grant.id)).toEqual(
      err({ code: 'forbidden', grant, detail }),
    );
    const { principal } = STRANGER;
    const namesake = { ...STRANGER, principal: { ...principal, name: grant.requester.name } };
    expect(await findVendableGrant(ports, callOf(namesake), grant.id)).toEqual(err(NO_SUCH_GRANT));
  });

  test.each(['', 'x', 'gr_*', `${NO_GRANT}#x`, `x${NO_GRANT}`, '__proto__', 'gr_'.repeat(999)])(
    'is not looked for in the store by the malformed id %j',
    async (id) => {
      const ports = { ...world(GOVERNED).ports, store: unusedStore() };
      expect(await findGrant(ports.store, id)).toEqual(err(NO_SUCH_GRANT));
      expect(await findVisibleGrant(ports, callOf(ANA), id)).toEqual(err(NO_SUCH_GRANT));
      expect(await findVendableGrant(ports, callOf(ANA), id)).toEqual(err(NO_SUCH_GRANT));
    },
  );

  test('is not shown without the store or without policy', async () => {
    const { ports, grant } = await granted();
    const noStore = withStore(ports, { find: async () => err(NO_STORE) });
    expect(await findVisibleGrant(noStore, callOf(ANA), grant.id)).toEqual(err(NO_STORE));
    expect(await findVendableGrant(noStore, callOf(ANA), grant.id)).toEqual(err(NO_STORE));
    const noPolicy = withEngine(ports, { mayOnBroker: () => err(NO_POLICY) });
    expect(await findVisibleGrant(noPolicy, callOf(STRANGER), grant.id)).toEqual(err(NO_POLICY));
    expect(await findVisibleGrant(noPolicy, callOf(STRANGER), NO_GRANT)).toEqual(err(NO_POLICY));
    expect(await findVisibleGrant(noPolicy, callOf(ANA), grant.id)).toEqual(ok(grant));
  });

  test('is not found by a stranger on whose question a policy of its entitlement fails', async () => {
    const { ports, grant } = await granted();
    const failing = { mayOnEntitlement: () => err(NO_POLICY), mayVote: () => err(NO_POLICY) };
    const broken = withEngine(ports, failing);
    expect(await findVisibleGrant(broken, callOf(STRANGER), grant.id)).toEqual(err(NO_SUCH_GRANT));
    expect(await findVendableGrant(broken, callOf(STRANGER), grant.id)).toEqual(err(NO_SUCH_GRANT));
    expect(await findVisibleGrant(broken, callOf(AUDITOR), grant.id)).toEqual(ok(grant));
  });

  test('whose policy fails is an error to its requester, who knows that it exists', async () => {
    const { ports, grant } = await granted();
    const broken = withEngine(ports, { ask: () => err(NO_POLICY) });
    expect(await findVisibleGrant(broken, callOf(ANA), grant.id)).toEqual(err(NO_POLICY));
    expect(await findVendableGrant(broken, callOf(ANA), grant.id)).toEqual(err(NO_POLICY));
  });

  test('of which the store does not say who may see it is neither found nor missing', async () => {
    const { ports, grant } = await granted();
    const broken = withStore(ports, { requestedEvent: async () => err(NO_STORE) });
    expect(await findVisibleGrant(broken, callOf(STRANGER), grant.id)).toEqual(err(NO_STORE));
    expect(await findVendableGrant(broken, callOf(STRANGER), grant.id)).toEqual(err(NO_STORE));
  });

  test('of whose request the record is missing is found by auditors, and not by strangers who name it', async () => {
    const { ports, grant } = await granted();
    const broken = withStore(ports, { requestedEvent: async () => ok(null) });
    expect(await findVisibleGrant(broken, callOf(STRANGER), grant.id)).toEqual(err(NO_SUCH_GRANT));
    expect(await findVendableGrant(broken, callOf(STRANGER), grant.id)).toEqual(err(NO_SUCH_GRANT));
    expect(await findVisibleGrant(broken, callOf(AUDITOR), grant.id)).toEqual(ok(grant));
    const vote = { authorize: () => mayVoteOn(broken, grant), decide: async () => ok(null) };
    expect(await changeGrant(broken, callOf(STRANGER), grant.id, vote)).toEqual(err(NO_SUCH_GRANT));
    expect(await changeGrant(broken, callOf(AUDITOR), grant.id, vote)).toEqual(
      err({ ...NO_STORE, grantId: grant.id }),
    );
  });

  test.each<Failure>([NO_STORE, { code: 'suspended' }, { code: 'role-frozen', grantId: NO_GRANT }])(
    'does not hide why a call failed that is about no grant: $code',
    async (failure) => {
      const { broker, ports, grant } = await granted();
      expect(await hideFromStrangers(ports, callOf(STRANGER), grant, failure)).toEqual(
        err(failure),
      );
      const broken = withEngine(ports, { mayOnBroker: () => err(NO_POLICY) });
      expect(asStrangersSeeIt(broken, callOf(STRANGER), failure)).toEqual(err(failure));
      expect(broker.questions).toEqual([]);
    },
  );

  test('of which a policy fails is not found by strangers who want to change it either', async () => {
    const { ports, grant } = await granted();
    const failing = { mayOnEntitlement: () => err(NO_POLICY), mayVote: () => err(NO_POLICY) };
    const broken = withEngine(ports, failing);
    const change = {
      authorize: async () => err(NO_POLICY),
      decide: async () => ok(null),
    };
    for (const id of [grant.id, NO_GRANT]) {
      expect(await changeGrant(broken, callOf(STRANGER), id, change)).toEqual(err(NO_SUCH_GRANT));
    }
    expect(await changeGrant(broken, callOf(AUDITOR), grant.id, change)).toEqual(err(NO_POLICY));
  });
});
