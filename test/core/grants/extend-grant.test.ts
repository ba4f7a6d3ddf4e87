import { describe, expect, test } from '@jest/globals';
import type { GrantStatus } from '../../../core/grant.ts';
import { extendGrant } from '../../../core/grants/extend-grant.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { APPROVAL, activeIn, GOVERNED, keyed, POLICIES } from '../../support/authorities.ts';
import { compiled, files, ISSUERS, PERMIT_READ, READ } from '../../support/bundles.ts';
import {
  NO_POLICY,
  NO_STORE,
  silentOn,
  withEngine,
  withStore,
} from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW, person, type World, world } from '../../support/memory-ports.ts';

const MORE = { durationSeconds: 3600, justification: 'longer' };
const LATER = Date.parse('2026-11-23T11:00:00Z');

/** A request for more than half an hour is denied. */
const SHORT = compiled(
  files({
    'entitlements/read.yaml': `${READ}${APPROVAL}`,
    'policies/read.cedar': POLICIES.replace(
      ');\n',
      ') when { context.durationSeconds <= 1800 };\n',
    ),
  }),
);

const extend = (broker: World, id: string, extension = MORE, caller: Caller = ANA) =>
  extendGrant(broker.ports, callOf(caller), id, extension);

describe('an extension', () => {
  test('gives the grant a later end, counted from now, with the decision of today', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const extended = await extend(broker, grant.id);
    const decision = {
      outcome: 'allow',
      policies: ['readers-request', 'tickets-suffice'],
      advice: [],
      bundle: GOVERNED.hash,
    };
    expect(extended).toEqual(ok({ ...grant, version: 2, expiresAt: LATER, decision }));
    expect(broker.log).toEqual(['update']);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'extended', expiresAt: LATER, justification: 'longer', decision },
      inputs: {
        principal: ANA.principal,
        facts: {
          ...{ now: NOW, durationSeconds: 3600, startsInSeconds: 0, sourceIp: '10.1.2.3' },
          ...{ mfa: false, mfaAgeSeconds: null, ticket: 'OPS-1', justification: 'longer' },
          ...{ scoped: false, parameters: { prefix: 'a' }, history: null },
        },
      },
    });
  });

  test('is asked of policy with the scope and the parameters of the grant', async () => {
    const broker = world(GOVERNED);
    const scope = { actions: ['s3:GetObject'] };
    const grant = await activeIn(broker, { scope, parameters: { prefix: 'b' } });
    await extend(broker, grant.id);
    expect(broker.events.at(-1)).toMatchObject({
      inputs: { facts: { scoped: true, parameters: { prefix: 'b' } } },
    });
  });

  test('waits for votes where a new request would need an approval, and the grant runs on', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    const decision = {
      outcome: 'approve',
      policies: ['readers-request'],
      advice: [],
      bundle: GOVERNED.hash,
    };
    const asked = await extend(broker, grant.id);
    const inputs = { principal: ANA.principal, facts: { justification: 'longer' } };
    expect(asked).toMatchObject({
      value: {
        ...{ status: 'active', version: 2, expiresAt: grant.expiresAt, decision: grant.decision },
        extension: {
          ...{ durationSeconds: 3600, justification: 'longer', requestedAt: NOW, decision, inputs },
          latestEnd: Date.parse('2026-11-23T18:00:00Z'),
          approvals: { required: 2, refusals: 2, votes: [], lapseAt: grant.expiresAt },
        },
      },
    });
    expect(asked).toEqual(ok(broker.grants.get(grant.id)));
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'extension-requested', grantId: grant.id, status: 'active', decision, at: NOW },
      ...{ durationSeconds: 3600, justification: 'longer', inputs },
      ...{ actor: { id: 'people:ana' }, requestId: 'r-1' },
    });
  });

  test('that waits for votes is answered again under the same key, and once', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    const first = await extendGrant(broker.ports, keyed(ANA), grant.id, MORE);
    expect(first).toMatchObject({ value: { extension: { durationSeconds: 3600 } } });
    const written = broker.events.length;
    expect(await extendGrant(broker.ports, keyed(ANA), grant.id, MORE)).toEqual(first);
    expect(broker.events).toHaveLength(written);
  });

  test('that waits for votes is not replaced by one for more time', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    await extend(broker, grant.id);
    const longer = { ...MORE, durationSeconds: 7200 };
    expect(await extend(broker, grant.id, longer)).toMatchObject({
      error: {
        code: 'wrong-state',
        detail: expect.stringMatching(/^An extension of 3600 seconds/),
      },
    });
    const shorter = { ...MORE, durationSeconds: 2400 };
    expect(await extend(broker, grant.id, shorter)).toMatchObject({
      value: { version: 3, extension: { durationSeconds: 2400 } },
    });
  });

  test('that is allowed at once takes the place of one that waits', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { ticket: null });
    const asked = await extend(broker, grant.id);
    if (!asked.ok) throw new Error(asked.error.code);
    broker.grants.set(grant.id, { ...asked.value, ticket: 'OPS-1' });
    expect(await extend(broker, grant.id)).toMatchObject({
      value: { expiresAt: LATER, extension: null },
    });
  });

  test('of what is scheduled counts from its start, and so does the question to policy', async () => {
    const broker = world(GOVERNED);
    const startsAt = NOW + 7_200_000;
    const changes = { status: 'scheduled', startsAt, expiresAt: startsAt + 1_799_500 } as const;
    const grant = await activeIn(broker, changes);
    expect(await extend(broker, grant.id, { ...MORE, durationSeconds: 1799 })).toMatchObject({
      error: { code: 'invalid' },
    });
    const longest = { ...MORE, durationSeconds: 28_801 };
    const detail =
      'may not reach beyond 2026-11-23T20:00:00Z, because the grant begins at 2026-11-23T12:00:00.500Z';
    expect(await extend(broker, grant.id, longest)).toEqual(
      err({ code: 'invalid', errors: [{ pointer: '/durationSeconds', detail }] }),
    );
    const extended = await extend(broker, grant.id);
    const expiresAt = Date.parse('2026-11-23T13:00:00Z');
    expect(extended).toMatchObject({ value: { status: 'scheduled', startsAt, expiresAt } });
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'extended', status: 'scheduled' },
      inputs: { facts: { durationSeconds: 3600, startsInSeconds: 7200 } },
    });
  });

  test('is denied to a person whom the voters could not tell apart', async () => {
    const approval = `${APPROVAL}  samePerson: [employee]\n`;
    const tagged = compiled(
      files({
        'issuers.yaml': ISSUERS.replace(
          'mfa: { amr: [mfa] }',
          'mfa: { amr: [mfa] }, tags: [employee]',
        ),
        'entitlements/read.yaml': `${READ}${approval}`,
        'policies/read.cedar': POLICIES.replace(
          'context has ticket }',
          'context has ticket && context.durationSeconds <= 1800 }',
        ),
      }),
    );
    const broker = world(tagged);
    const grant = await activeIn(broker, { ticket: null });
    expect(await extend(broker, grant.id)).toMatchObject({
      error: { code: 'token-denied', decision: { policies: ['valetkey.same-person'] } },
    });
    // The request was short enough to be allowed to anybody; the extension is not.
    const short = await activeIn(broker);
    expect(await extend(broker, short.id)).toMatchObject({
      error: { code: 'denied', decision: { policies: ['valetkey.same-person'] } },
    });
    const known = { ...ANA, principal: { ...ANA.principal, tags: { employee: '7' } } };
    expect(await extend(broker, grant.id, MORE, known)).toMatchObject({
      value: { marks: ['people:ana', 'employee=7'] },
    });
  });

  test('is denied where policy denies it by now', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const moved = person('ana', ['writers']);
    expect(await extend(broker, grant.id, MORE, moved)).toMatchObject({
      error: { code: 'token-denied', grant, decision: { outcome: 'deny', policies: [] } },
    });
  });

  test('that was denied leaves the grant as it was, and is denied again under the same key, with one record', async () => {
    const broker = world(SHORT);
    const grant = await activeIn(broker);
    const keyedCall = keyed(ANA);
    const first = await extendGrant(broker.ports, keyedCall, grant.id, MORE);
    const decision = { outcome: 'deny', policies: [], advice: [], bundle: SHORT.hash };
    expect(first).toEqual(err({ code: 'denied', grant, decision }));
    expect(broker.grants.get(grant.id)).toEqual(grant);
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'extension-denied', grantId: grant.id, status: 'active', decision, at: NOW },
      ...{ actor: { id: 'people:ana' }, requestId: 'r-1' },
      inputs: { facts: { justification: 'longer' } },
    });
    const written = broker.events.length;
    expect(await extendGrant(broker.ports, keyedCall, grant.id, MORE)).toEqual(first);
    expect(broker.events).toHaveLength(written);
  });

  test('that was made is answered as made under the same key, whatever the rules say by now', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const first = await extendGrant(broker.ports, keyed(ANA), grant.id, MORE);
    broker.now += 1000;
    const shorter = { ...MORE, durationSeconds: 1 };
    expect(await extendGrant(broker.ports, keyed(ANA), grant.id, MORE)).toEqual(first);
    expect(await extendGrant(broker.ports, keyed(ANA, 'other'), grant.id, shorter)).toEqual(
      err({ code: 'key-reused' }),
    );
  });

  test('is not even denied where the record of it cannot be written', async () => {
    const broker = world(SHORT);
    const grant = await activeIn(broker);
    const ports = withStore(broker.ports, { recordDenial: async () => err(NO_STORE) });
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_STORE));
  });

  test.each([
    [
      28_801,
      'may not reach beyond 2026-11-23T18:00:00Z, because the grant began at 2026-11-23T10:00:00.500Z',
    ],
    [1799, 'ends before 2026-11-23T10:30:00Z, when the grant ends already'],
  ])('of %s seconds is invalid', async (durationSeconds, detail) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    expect(await extend(broker, grant.id, { ...MORE, durationSeconds })).toEqual(
      err({ code: 'invalid', errors: [{ pointer: '/durationSeconds', detail }] }),
    );
    expect(broker.questions).toEqual(['request', 'autoApprove']);
  });

  test.each<GrantStatus>(['pending', 'expired', 'revoking', 'revoked', 'cancelled'])(
    'comes too late for a grant that is %s',
    async (status) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker, { status });
      const detail = `The grant is ${status}, not active.`;
      expect(await extend(broker, grant.id)).toEqual(err({ code: 'wrong-state', grant, detail }));
    },
  );

  test.each([
    ['grants something else', { 'entitlements/read.yaml': READ.replace('Get', 'Put') }],
    [
      'is gone',
      {
        'entitlements/read.yaml': READ.replace('id: read', 'id: other'),
        'policies/read.cedar': PERMIT_READ.replace('"read"\n', '"other"\n'),
      },
    ],
  ])('is impossible once the entitlement %s', async (_, changes) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = { ...broker.ports, bundle: compiled(files(changes)) };
    const detail = 'The entitlement has changed since this grant was made. Request a new grant.';
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(
      err({ code: 'wrong-state', grant, detail }),
    );
  });

  test('fails where policy gives no answer', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = withEngine(broker.ports, silentOn('autoApprove'));
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_POLICY));
    expect(broker.log).toEqual([]);
  });

  test('fails where policy gives no answer on its length, though it does on that of the request', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { engine } = broker.ports;
    const ports = withEngine(broker.ports, {
      ask: (action, asked) =>
        asked.facts.durationSeconds === MORE.durationSeconds
          ? err(NO_POLICY)
          : engine.ask(action, asked),
    });
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_POLICY));
    expect(broker.log).toEqual([]);
  });

  test('depends on the caller’s history where policy asks for it', async () => {
    const first = ' when { context.history.firstUse }';
    const policies = POLICIES.replace(' when { context has ticket }', first);
    const broker = world(compiled(files({ 'policies/read.cedar': policies })));
    const grant = await activeIn(broker);
    expect(await extend(broker, grant.id)).toMatchObject({ ok: true });
    broker.past = { denials: 0, entitlements: ['read'] };
    expect(await extend(broker, grant.id)).toMatchObject({ error: { code: 'denied' } });
    const ports = withStore(broker.ports, { history: async () => err(NO_STORE) });
    expect(await extendGrant(ports, CALL, grant.id, MORE)).toEqual(err(NO_STORE));
  });

  test('is denied while a review of a break-glass use is overdue', async () => {
    const glass = compiled(files({ 'entitlements/read.yaml': `${READ}breakGlass: true\n` }));
    const broker = world(glass);
    const grant = await activeIn(broker);
    const owing = withStore(broker.ports, { overdueReview: async () => ok('gr_old') });
    expect(await extendGrant(owing, CALL, grant.id, MORE)).toMatchObject({
      error: { code: 'denied', decision: { policies: ['valetkey.overdue-review'] } },
    });
    expect(await extend(broker, grant.id)).toMatchObject({ value: { expiresAt: LATER } });
  });

  test('is for the job that requested the grant, and for no other run', async () => {
    const workloads = PERMIT_READ.replace(
      'principal in ValetKey::Group::"people:readers"',
      'principal is ValetKey::Workload',
    );
    const bundle = compiled(
      files({
        'entitlements/read.yaml': `${READ}job: [ref]\n`,
        'policies/read.cedar': workloads,
      }),
    );
    const run = (ref: string): Caller => ({
      ...ANA,
      principal: {
        type: 'Workload',
        id: 'people:ana',
        issuer: 'github',
        name: 'shop',
        groups: [],
        tags: { ref },
      },
    });
    const broker = world(bundle);
    const made = await activeIn(broker, {}, run('1'));
    const detail =
      'The grant is bound to the job that requested it, and this token belongs to another job.';
    expect(await extend(broker, made.id, MORE, run('2'))).toEqual(
      err({ code: 'forbidden', grant: made, detail }),
    );
    expect(await extend(broker, made.id, MORE, run(''))).toMatchObject({
      error: { code: 'token-denied', decision: { policies: ['valetkey.unknown-job'] } },
    });
    expect(await extend(broker, made.id, MORE, run('1'))).toMatchObject({ ok: true });
  });
});
