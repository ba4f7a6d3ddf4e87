import { expect, test } from '@jest/globals';
import { decide } from '../../../core/deciding/judge.ts';
import { type Answer, question } from '../../../core/decision.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled } from '../../support/bundles.ts';
import { entitlement } from '../../support/entitlements.ts';
import { NO_POLICY, silentOn, withEngine } from '../../support/failing-ports.ts';
import { ANA, NOW, world } from '../../support/memory-ports.ts';

const terms = { required: 1, refusals: 1, approvers: [], escalateTo: [] };
const approval = { ...terms, lapseAfterSeconds: 60, samePerson: [] };
const ENTITLEMENT = entitlement({ approval });
const broker = world(compiled());
const ASKED = question(ANA, ENTITLEMENT, broker.ports.deployment, {
  ...{ now: NOW, durationSeconds: 900, startsInSeconds: 0, sourceIp: '10.0.0.1', ticket: null },
  ...{ justification: '', parameters: {}, scope: null, history: null },
});

const says = (permitted: boolean, policy: string): Answer => ({
  permitted,
  policies: [policy],
  advice: [],
});

function decided(request: boolean, autoApprove: boolean, judged = ENTITLEMENT) {
  const asked: unknown[] = [];
  const ports = withEngine(broker.ports, {
    ask: (action, about) => {
      asked.push([action, about]);
      return ok(action === 'request' ? says(request, 'r') : says(autoApprove, 'a'));
    },
  });
  return { decision: decide(ports, ASKED, judged), asked };
}

test.each([
  [true, true, 'allow', ['a', 'r']],
  [true, false, 'approve', ['a', 'r']],
  [false, true, 'deny', ['r']],
  [false, false, 'deny', ['r']],
] as const)(
  'permitted to request: %s, without approval: %s, means %s',
  (request, autoApprove, outcome, policies) => {
    const { decision, asked } = decided(request, autoApprove);
    expect(decision).toEqual(
      ok({ outcome, policies, advice: [], bundle: broker.ports.bundle.hash }),
    );
    expect(asked).toEqual([
      ['request', ASKED],
      ['autoApprove', ASKED],
    ]);
  },
);

test('a request that needs an approval is denied where the entitlement has none', () => {
  expect(decided(true, false, entitlement()).decision).toMatchObject({
    value: { outcome: 'deny' },
  });
});

test.each(['request', 'autoApprove'] as const)('no answer to %s is no decision', (action) => {
  const ports = withEngine(broker.ports, silentOn(action));
  expect(decide(ports, ASKED, ENTITLEMENT)).toEqual(err(NO_POLICY));
});
