import { describe, expect, test } from '@jest/globals';
import { ask } from '../../../core/grants/request-grant.ts';
import { askAndVend, vend } from '../../../core/grants/vend-credentials.ts';
import { err } from '../../../core/result.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import {
  NO_POLICY,
  NO_STORE,
  silentOn,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, CALL, NOW, person, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled();
const KEYED = {
  ...CALL,
  idempotency: { principal: ANA.principal.id, key: 'k', fingerprint: 'f' },
};

/** Who may ask, but needs a human. */
const APPROVED = compiled(
  files({
    'entitlements/read.yaml': `${READ}approval: { required: 2, approvers: ['people:boss'] }\n`,
    'policies/read.cedar': PERMIT_READ.replace(', ValetKey::Action::"autoApprove"', ''),
  }),
);

describe('asking', () => {
  test('stores the grant with one event, and vends nothing', async () => {
    const it = world(BUNDLE);
    const asked = await ask(it.ports, ANA, REQUEST, CALL);
    if (!asked.ok) throw new Error(asked.error.code);
    expect(it.log).toEqual(['create']);
    expect([...it.grants.values()]).toEqual([asked.value]);
    expect(asked.value).toMatchObject({ status: 'active', keysValidUntil: null });
    expect(it.events).toEqual([
      {
        id: expect.stringMatching(/^ev_/),
        type: 'requested',
        breakGlass: false,
        entitlement: 'read',
        grantId: asked.value.id,
        at: NOW,
        actor: asked.value.requester,
        requestId: 'r-1',
        sourceIp: '10.1.2.3',
        status: 'active',
        decision: asked.value.decision,
        inputs: { principal: ANA.principal, facts: expect.objectContaining({ now: NOW }) },
      },
    ]);
  });

  test('for what a human must approve waits, and no keys come of it', async () => {
    const it = world(APPROVED);
    const asked = await ask(it.ports, ANA, REQUEST, CALL);
    expect(asked).toMatchObject({ value: { status: 'pending', approvals: { required: 2 } } });
    const vended = await askAndVend(it.ports, ANA, REQUEST, CALL);
    expect(vended).toMatchObject({ value: { grant: { status: 'pending' }, credentials: null } });
    for (const id of it.grants.keys()) {
      expect(await vend(it.ports, ANA, id, CALL)).toMatchObject({
        error: { code: 'wrong-state' },
      });
    }
    expect(it.plans).toEqual([]);
    expect(it.events.map(({ type }) => type)).toEqual(['requested', 'requested']);
  });

  test('in vain is recorded with everything that decided, and answers with the record', async () => {
    const it = world(BUNDLE);
    const eve = person('eve', ['writers']);
    const denied = await ask(it.ports, eve, REQUEST, CALL);
    const [stored] = it.grants.values();
    expect(denied).toEqual({ ok: false, error: { code: 'denied', grant: stored } });
    expect(stored).toMatchObject({ status: 'denied', endedAt: NOW, expiresAt: null });
    expect(it.events).toMatchObject([
      { type: 'requested', status: 'denied', inputs: { principal: eve.principal } },
    ]);
  });

  test('in vain is not even answered as denied when the record cannot be written', async () => {
    const it = world(BUNDLE);
    it.refuse = NO_STORE;
    const answer = await ask(it.ports, person('eve', []), REQUEST, CALL);
    expect(answer).toEqual({ ok: false, error: NO_STORE });
  });

  test('again under the same key gives the first grant, denied or not', async () => {
    const it = world(BUNDLE);
    const first = await ask(it.ports, ANA, REQUEST, KEYED);
    expect(await ask(it.ports, ANA, REQUEST, KEYED)).toEqual(first);
    expect(it.grants.size).toBe(1);
    const eve = person('eve', []);
    const call = { ...KEYED, idempotency: { ...KEYED.idempotency, principal: eve.principal.id } };
    const denied = await ask(it.ports, eve, REQUEST, call);
    expect(denied.ok).toBe(false);
    expect(await ask(it.ports, eve, REQUEST, call)).toEqual(denied);
    expect(it.grants.size).toBe(2);
  });

  test.each([NO_STORE, { code: 'suspended' }, { code: 'key-reused' }] as const)(
    'fails as the store says: $code',
    async (refuse) => {
      const it = world(BUNDLE);
      it.refuse = refuse;
      expect(await ask(it.ports, ANA, REQUEST, CALL)).toEqual({ ok: false, error: refuse });
      expect(it.grants.size).toBe(0);
    },
  );

  test('writes nothing when policy gives no answer', async () => {
    const it = world(BUNDLE);
    const ports = withEngine(it.ports, silentOn('autoApprove'));
    expect(await ask(ports, ANA, REQUEST, CALL)).toEqual({ ok: false, error: NO_POLICY });
    expect(it.log).toEqual([]);
  });

  test('fails when the history that policy asks for cannot be read', async () => {
    const asking = PERMIT_READ.replace(');\n', ')\nwhen { context.history.firstUse };\n');
    const it = world(compiled(files({ 'policies/read.cedar': asking })));
    const since: number[] = [];
    const ports = withStore(it.ports, {
      history: async (principal, from) => {
        expect(principal).toBe(ANA.principal.id);
        since.push(from);
        return err(NO_STORE);
      },
    });
    expect(await ask(ports, ANA, REQUEST, CALL)).toEqual({ ok: false, error: NO_STORE });
    expect(since).toEqual([NOW - 86_400_000]);
    expect(it.grants.size).toBe(0);
  });
});
