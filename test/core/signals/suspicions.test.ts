import { describe, expect, test } from '@jest/globals';
import type { Actor, AuditEvent, Happening, PrincipalEvent } from '../../../core/audit.ts';
import type { Requester } from '../../../core/grant.ts';
import {
  isDenial,
  isRefusedAdministration,
  suspicionsOf,
} from '../../../core/signals/suspicions.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const EVE: Requester = { type: 'User', id: 'people:eve', name: 'eve' };
const BO: Requester = { type: 'User', id: 'people:bo', name: 'bo' };
const OPERATOR = { type: 'Operator', id: 'AIDA', name: 'arn:aws:iam::1:user/ops' } as const;

const COMMON = { id: 'ev_1', at: NOW, requestId: 'r', sourceIp: null, reason: '' };
const SUSPEND = 'POST /v1/principals/people%3Aana/suspend';

function refused(call: string, problem: string, actor: Actor = EVE): PrincipalEvent {
  return { ...COMMON, type: 'principal-refused', principalId: EVE.id, actor, call, problem };
}

const ORDER: PrincipalEvent = {
  ...{ ...COMMON, type: 'principal-suspended', principalId: EVE.id, actor: BO },
};

describe('a call that was refused', () => {
  test.each<[string, readonly string[], PrincipalEvent]>([
    ['forbidden', ['many-denials'], refused('POST /v1/grants/gr_1/revoke', 'forbidden')],
    ['denied', ['many-denials'], refused('POST /v1/grants', 'denied')],
    ['denied for its token', ['many-denials'], refused('POST /v1/grants', 'token-denied')],
    ['limited', [], refused('POST /v1/grants', 'limited')],
    [
      'forbidden to one who is no administrator',
      ['many-denials', 'refused-administration'],
      refused(SUSPEND, 'forbidden'),
    ],
    ['one of administrators, and denied', ['many-denials'], refused(SUSPEND, 'denied')],
    ['one of administrators, and limited', [], refused(SUSPEND, 'limited')],
    ['an operator’s', [], refused(SUSPEND, 'forbidden', OPERATOR)],
    ['the broker’s own', [], refused(SUSPEND, 'forbidden', 'broker')],
    ['none, but an order that was given', [], ORDER],
  ])('and is %s: %j', (_, kinds, event) => {
    const suspicions = suspicionsOf({ event, grant: null });
    expect(suspicions).toStrictEqual(kinds.map((kind) => ({ kind, principal: EVE })));
  });

  test('is neither a denial nor administration where it was not refused', () => {
    expect([isDenial(ORDER), isRefusedAdministration(ORDER)]).toEqual([false, false]);
  });
});

describe('an event of a grant', () => {
  const denied = { decision: { outcome: 'deny', policies: [], advice: [], bundle: 'b' } };
  const voted: Happening = { type: 'voted', vote: 'approve', comment: null };

  test.each<[string, readonly string[], Happening, Actor, Requester]>([
    [
      'a denial by policy',
      ['many-denials'],
      { type: 'requested', ...denied } as unknown as Happening,
      EVE,
      EVE,
    ],
    ['a denial by people', ['many-denials'], { type: 'denied', reason: 'no' }, BO, EVE],
    ['a lapse', ['many-lapses'], { type: 'lapsed' }, 'broker', EVE],
    ['a vote', ['fast-votes', 'approver-burst'], voted, BO, BO],
    ['a vote of an operator', [], voted, OPERATOR, BO],
    ['a vote of the broker', [], voted, 'broker', BO],
    ['an end', [], { type: 'expired' }, 'broker', EVE],
  ])('that is %s is about %j', (_, kinds, happening, actor, principal) => {
    const grant = activeGrant({ requester: EVE });
    const common = { ...COMMON, grantId: grant.id, entitlement: 'read', status: grant.status };
    const event = { ...common, actor, ...happening } as AuditEvent;
    const suspicions = suspicionsOf({ event, grant, breaksGlass: false });
    expect(suspicions).toStrictEqual(kinds.map((kind) => ({ kind, principal })));
  });
});
