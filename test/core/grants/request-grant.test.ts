import { describe, expect, test } from '@jest/globals';
import { requestGrant } from '../../../core/grants/request-grant.ts';
import { requestAndVend, vendCredentials } from '../../../core/grants/vend-credentials.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled, files, ISSUERS, PERMIT_READ, READ } from '../../support/bundles.ts';
import {
  NO_POLICY,
  NO_STORE,
  silentOn,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW, person, REQUEST, world } from '../../support/memory-ports.ts';

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
    const broker = world(BUNDLE);
    const asked = await requestGrant(broker.ports, CALL, REQUEST);
    if (!asked.ok) throw new Error(asked.error.code);
    expect(broker.log).toEqual(['create']);
    expect([...broker.grants.values()]).toEqual([asked.value]);
    expect(asked.value).toMatchObject({ status: 'active', keysValidUntil: null });
    expect(broker.events).toEqual([
      {
        id: expect.stringMatching(/^ev_/),
        type: 'requested',
        breakGlass: false,
        entitlement: 'read',
        grantId: asked.value.id,
        grantVersion: 1,
        at: NOW,
        actor: asked.value.requester,
        requestId: 'r-1',
        sourceIp: '10.1.2.3',
        status: 'active',
        decision: asked.value.decision,
        scope: null,
        startsAt: NOW,
        inputs: { principal: ANA.principal, facts: expect.objectContaining({ now: NOW }) },
      },
    ]);
  });

  test('for what a human must approve waits, and no keys come of it', async () => {
    const broker = world(APPROVED);
    const asked = await requestGrant(broker.ports, CALL, REQUEST);
    expect(asked).toMatchObject({ value: { status: 'pending', approvals: { required: 2 } } });
    const vended = await requestAndVend(broker.ports, CALL, REQUEST);
    expect(vended).toMatchObject({ value: { grant: { status: 'pending' }, credentials: null } });
    for (const id of broker.grants.keys()) {
      expect(await vendCredentials(broker.ports, CALL, id)).toMatchObject({
        error: { code: 'wrong-state' },
      });
    }
    expect(broker.plans).toEqual([]);
    expect(broker.events.map(({ type }) => type)).toEqual(['requested', 'requested']);
  });

  test('in vain is recorded with everything that decided, and answers with the record', async () => {
    const broker = world(BUNDLE);
    const eve = person('eve', ['writers']);
    const denied = await requestGrant(broker.ports, callOf(eve), REQUEST);
    const [stored] = broker.grants.values();
    expect(denied).toEqual({ ok: false, error: { code: 'denied', grant: stored } });
    expect(stored).toMatchObject({ status: 'denied', endedAt: NOW, expiresAt: null });
    expect(broker.events).toMatchObject([
      { type: 'requested', status: 'denied', inputs: { principal: eve.principal } },
    ]);
  });

  test('in vain is not even answered as denied when the record cannot be written', async () => {
    const broker = world(BUNDLE);
    broker.refuse = NO_STORE;
    const answer = await requestGrant(broker.ports, callOf(person('eve', [])), REQUEST);
    expect(answer).toEqual({ ok: false, error: NO_STORE });
  });

  test('again under the same key gives the first grant, denied or not', async () => {
    const broker = world(BUNDLE);
    const first = await requestGrant(broker.ports, KEYED, REQUEST);
    expect(await requestGrant(broker.ports, KEYED, REQUEST)).toEqual(first);
    expect(broker.grants.size).toBe(1);
    const eve = person('eve', []);
    const call = { ...KEYED, idempotency: { ...KEYED.idempotency, principal: eve.principal.id } };
    const denied = await requestGrant(broker.ports, callOf(eve, call), REQUEST);
    expect(denied.ok).toBe(false);
    expect(await requestGrant(broker.ports, callOf(eve, call), REQUEST)).toEqual(denied);
    expect(broker.grants.size).toBe(2);
  });

  test.each([NO_STORE, { code: 'suspended' }, { code: 'key-reused' }] as const)(
    'fails as the store says: $code',
    async (refuse) => {
      const broker = world(BUNDLE);
      broker.refuse = refuse;
      expect(await requestGrant(broker.ports, CALL, REQUEST)).toEqual({ ok: false, error: refuse });
      expect(broker.grants.size).toBe(0);
    },
  );

  test('writes nothing when policy gives no answer', async () => {
    const broker = world(BUNDLE);
    const ports = withEngine(broker.ports, silentOn('autoApprove'));
    expect(await requestGrant(ports, CALL, REQUEST)).toEqual({ ok: false, error: NO_POLICY });
    expect(broker.log).toEqual([]);
  });

  test('fails when the history that policy asks for cannot be read', async () => {
    const asking = PERMIT_READ.replace(');\n', ')\nwhen { context.history.firstUse };\n');
    const broker = world(compiled(files({ 'policies/read.cedar': asking })));
    const queries: unknown[] = [];
    const ports = withStore(broker.ports, {
      history: async (principal, query) => {
        expect(principal).toBe(ANA.principal.id);
        queries.push(query);
        return err(NO_STORE);
      },
    });
    expect(await requestGrant(ports, CALL, REQUEST)).toEqual({ ok: false, error: NO_STORE });
    const since = NOW - 86_400_000;
    expect(queries).toEqual([{ entitlements: ['read'], since, before: NOW }]);
    expect(broker.grants.size).toBe(0);
  });
});

describe('a request that people decide on, where a claim identifies the person', () => {
  const HUMAN = PERMIT_READ.replace(', ValetKey::Action::"autoApprove"', '');
  const bundleOf = (permit: string) =>
    compiled(
      files({
        'issuers.yaml': ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]'),
        'entitlements/read.yaml': `${READ}approval: { approvers: ['people:boss'], samePerson: [employee] }\n`,
        'policies/read.cedar': permit,
      }),
    );

  test('is denied without the claim, which the advice names', async () => {
    const broker = world(bundleOf(HUMAN));
    expect(await requestGrant(broker.ports, CALL, REQUEST)).toMatchObject({
      error: {
        code: 'denied',
        grant: {
          status: 'denied',
          decision: {
            policies: ['valetkey.same-person'],
            advice: [expect.stringContaining('employee')],
          },
        },
      },
    });
  });

  test('waits for votes with the claim, and keeps it as a mark of the person', async () => {
    const known = { ...ANA, principal: { ...ANA.principal, tags: { employee: '7' } } };
    const broker = world(bundleOf(HUMAN));
    expect(await requestGrant(broker.ports, callOf(known), REQUEST)).toMatchObject({
      value: { status: 'pending', marks: ['people:ana', 'employee=7'] },
    });
  });

  test('is allowed without the claim where policy needs no approval', async () => {
    const broker = world(bundleOf(PERMIT_READ));
    expect(await requestGrant(broker.ports, CALL, REQUEST)).toMatchObject({
      value: { status: 'active' },
    });
  });
});

describe('a request', () => {
  test('passes everything that was requested on to the grant', async () => {
    const broker = world(BUNDLE);
    const startsAt = NOW + 60_000;
    const scope = { resources: ['arn:aws:s3:::acme/a/b'] };
    const request = { ...REQUEST, scope, startsAt, ticket: 'OPS-1' };
    expect(await requestGrant(broker.ports, CALL, request)).toMatchObject({
      value: {
        ...{ status: 'scheduled', startsAt, scope, ticket: 'OPS-1', durationSeconds: 1800 },
        ...{ parameters: { prefix: 'a' }, justification: 'a test', sourceIp: '10.1.2.3' },
      },
    });
  });

  test('that is not valid is answered with its mistakes, and leaves no record', async () => {
    const broker = world(BUNDLE);
    const request = { ...REQUEST, entitlement: 'none' };
    expect(await requestGrant(broker.ports, CALL, request)).toMatchObject({
      error: { code: 'invalid' },
    });
    expect(broker.log).toEqual([]);
  });

  test('repeated under its key fails where the first grant cannot be read', async () => {
    const broker = world(BUNDLE);
    await requestGrant(broker.ports, KEYED, REQUEST);
    const ports = withStore(broker.ports, { find: async () => err(NO_STORE) });
    expect(await requestGrant(ports, KEYED, REQUEST)).toEqual(err(NO_STORE));
  });

  test('checks no kill switch: a grant may be made on a frozen role', async () => {
    const broker = world(BUNDLE);
    const roles: unknown[] = [];
    const ports = withStore(broker.ports, {
      create: async ({ vendsOn }) => {
        roles.push(vendsOn);
        return ok(null);
      },
    });
    await requestGrant(ports, CALL, REQUEST);
    expect(roles).toEqual([[]]);
  });
});
