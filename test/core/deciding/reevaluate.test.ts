import { describe, expect, test } from '@jest/globals';
import { reevaluate, reevaluateExtension, whyNoLonger } from '../../../core/deciding/reevaluate.ts';
import type { Question } from '../../../core/decision.ts';
import { err, ok } from '../../../core/result.ts';
import { activeIn, GOVERNED, POLICIES } from '../../support/authorities.ts';
import { compiled, files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { entitlement } from '../../support/entitlements.ts';
import { NO_POLICY, NO_STORE, withEngine, withStore } from '../../support/failing-ports.ts';
import { ANA, NOW, world } from '../../support/memory-ports.ts';
import { EXTENSION } from '../../support/sample-grants.ts';

const NO = { permitted: false, policies: [], advice: [] };

describe('a request is judged again', () => {
  test('by the same facts: time, network and sign-in stay those of the request', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const asked: Question[] = [];
    const ports = withEngine(broker.ports, {
      ask: (_, question) => {
        asked.push(question);
        return ok(NO);
      },
    });
    broker.now = NOW + 86_400_000;
    const decision = { outcome: 'deny', policies: [], advice: [], bundle: GOVERNED.hash };
    expect(await reevaluate(ports, grant)).toEqual(ok(decision));
    expect(asked[0]).toEqual({
      caller: { principal: ANA.principal },
      entitlement: GOVERNED.entitlements['read'],
      account: '111122223333',
      facts: {
        ...{ now: NOW, durationSeconds: 1800, startsInSeconds: 0, sourceIp: '10.1.2.3' },
        ...{ mfa: false, mfaAgeSeconds: null, ticket: 'OPS-1', justification: 'a test' },
        ...{ scoped: false, parameters: { prefix: 'a' } },
        history: null,
      },
    });
  });

  test('by the history that was recorded, where it was read', async () => {
    const first = ' when { context.history.firstUse && context.history.recentDenials == 2 }';
    const policies = POLICIES.replace(' when { context has ticket }', first);
    const broker = world(compiled(files({ 'policies/read.cedar': policies })));
    const grant = await activeIn(broker);
    broker.past = { denials: 9, entitlements: ['read'] };
    expect(await reevaluate(broker.ports, grant)).toMatchObject({ value: { outcome: 'allow' } });
  });

  test('by the policies of today', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    expect(await reevaluate(broker.ports, grant)).toMatchObject({
      value: { outcome: 'allow', policies: ['readers-request', 'tickets-suffice'] },
    });
  });
});

test('an extension is judged again as it was requested, not as the grant was', async () => {
  const broker = world(GOVERNED);
  const grant = await activeIn(broker);
  const asked: Question[] = [];
  const ports = withEngine(broker.ports, {
    ask: (_, question) => {
      asked.push(question);
      return ok(NO);
    },
  });
  const facts = { ...EXTENSION.inputs.facts, durationSeconds: 900, parameters: { prefix: 'a' } };
  const extension = {
    ...EXTENSION,
    ...{ durationSeconds: 900, requestedAt: NOW + 60_000, approvals: grant.approvals },
    inputs: { principal: ANA.principal, facts },
  };
  const judged = await reevaluateExtension(ports, grant, extension);
  expect(judged).toMatchObject({ value: { outcome: 'deny' } });
  expect(asked[0]).toMatchObject({ caller: { principal: ANA.principal }, facts });
  const long = { ...extension, durationSeconds: 86_400 };
  expect(await reevaluateExtension(ports, grant, long)).toMatchObject({
    value: { advice: [expect.stringContaining('read now lasts at most')] },
  });
});

test.each([
  [['p', 'q'], ['why'], 'policy no longer allows it: p, q'],
  [[], ['read was removed'], 'read was removed'],
  [[], ['one', 'two'], 'one two'],
  [[], [], 'policy no longer allows it: no policy permits it'],
])('a grant ends because of the policies %j, or else because %j', (policies, advice, why) => {
  expect(whyNoLonger({ outcome: 'deny', policies, advice, bundle: 'b' })).toBe(why);
});

describe('a request is denied without asking policy', () => {
  const denied = (advice: string, bundle = GOVERNED) =>
    ok({ outcome: 'deny', policies: [], advice: [advice], bundle: bundle.hash });

  test('where its entitlement was changed or removed', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const other = compiled(
      files({
        'entitlements/read.yaml': READ.replace('id: read', 'id: other'),
        'policies/read.cedar': PERMIT_READ.replace('"read"\n', '"other"\n'),
      }),
    );
    expect(await reevaluate({ ...broker.ports, bundle: other }, grant)).toEqual(
      denied('read was removed', other),
    );
    expect(await reevaluate(broker.ports, { ...grant, definition: 'sha256:x' })).toEqual(
      denied('what read grants has changed'),
    );
    expect(await reevaluate(broker.ports, { ...grant, durationSeconds: 86_400 })).toMatchObject({
      value: { outcome: 'deny', advice: [expect.stringContaining('read now lasts at most')] },
    });
    expect(broker.questions).toEqual([]);
  });

  test('where the record of it is missing', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = withStore(broker.ports, { requestedEvent: async () => ok(null) });
    expect(await reevaluate(ports, grant)).toEqual(denied('the record of its request is missing'));
    expect(broker.questions).toEqual([]);
  });

  test('where its issuer is not trusted any more', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const bundle = { ...GOVERNED, issuers: GOVERNED.issuers.filter(({ id }) => id !== 'people') };
    expect(await reevaluate({ ...broker.ports, bundle }, grant)).toEqual(
      denied('the issuer people is no longer trusted'),
    );
    expect(broker.questions).toEqual([]);
  });
});

test('no answer of the store or of policy is no decision', async () => {
  const broker = world(GOVERNED);
  const grant = await activeIn(broker);
  const unread = withStore(broker.ports, { requestedEvent: async () => err(NO_STORE) });
  expect(await reevaluate(unread, grant)).toEqual(err(NO_STORE));
  const read = { ...entitlement({ id: 'read' }), hash: grant.definition, readsHistory: true };
  const bundle = { ...GOVERNED, entitlements: { read } };
  const noHistory = withStore({ ...broker.ports, bundle }, { history: async () => err(NO_STORE) });
  expect(await reevaluate(noHistory, grant)).toEqual(err(NO_STORE));
  const silent = withEngine(broker.ports, { ask: () => err(NO_POLICY) });
  expect(await reevaluate(silent, grant)).toEqual(err(NO_POLICY));
});
