import { describe, expect, test } from '@jest/globals';
import type { Vote } from '../../../core/grant.ts';
import { votedBy } from '../../../core/grants/complete-quorum.ts';
import { castVote } from '../../../core/grants/vote-on-grant.ts';
import { err, ok } from '../../../core/result.ts';
import {
  APPROVAL,
  BOSS,
  GOVERNED,
  OTHER_BOSS,
  POLICIES,
  pendingIn,
} from '../../support/authorities.ts';
import { compiled, files, ISSUERS, READ } from '../../support/bundles.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { callOf, NOW, world } from '../../support/memory-ports.ts';
import { activeGrant } from '../../support/sample-grants.ts';

const APPROVE = { vote: 'approve', comment: null, extension: null } as const;

describe('the trail warns of a voter with the name of the requester', () => {
  const requester = { type: 'User', id: 'people:ana', name: 'ana@acme.example' } as const;
  const grant = activeGrant({ requester, entitlement: 'read' });
  const cast: Vote = {
    ...{ approver: { ...requester, id: 'people:ana2' }, vote: 'approve', comment: null, at: NOW },
    ...{ marks: ['people:ana2'], facts: null },
  };
  const warning = 'the account people:ana2 has the name of the requester';
  const bundleWith = (approval: string) =>
    compiled(
      files({
        'issuers.yaml': ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]'),
        'entitlements/read.yaml': `${READ}${approval}`,
        'policies/read.cedar': POLICIES,
      }),
    );

  test('except where claims tell people apart', () => {
    const bundle = bundleWith(`${APPROVAL}  samePerson: [employee]\n`);
    expect(votedBy({ bundle }, grant, cast)).not.toHaveProperty('warning');
    expect(votedBy({ bundle: bundleWith(APPROVAL) }, grant, cast)).toMatchObject({ warning });
  });

  test('also where the entitlement is gone, or needs no approval any more', () => {
    const gone = { ...grant, entitlement: 'gone' };
    expect(votedBy({ bundle: GOVERNED }, gone, cast)).toMatchObject({ warning });
    expect(votedBy({ bundle: bundleWith('') }, grant, cast)).toMatchObject({ warning });
  });
});

test('a request stays undecided where nobody knows whether its requester is suspended', async () => {
  const broker = world(GOVERNED);
  const grant = await pendingIn(broker);
  const principals = {
    ...broker.ports.principals,
    suspensionOf: async (id: string) => (id === grant.requester.id ? err(NO_STORE) : ok(null)),
  };
  await castVote(broker.ports, callOf(BOSS), grant.id, APPROVE);
  const ports = { ...broker.ports, principals };
  expect(await castVote(ports, callOf(OTHER_BOSS), grant.id, APPROVE)).toEqual(err(NO_STORE));
  expect(broker.grants.get(grant.id)?.status).toBe('pending');
});
