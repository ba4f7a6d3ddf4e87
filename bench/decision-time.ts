import { cedarModule, loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarEngine } from '../adapters/cedar/policy-engine.ts';
import { cedarLanguage } from '../adapters/cedar/policy-language.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { assessRequest } from '../core/deciding/assess-request.ts';
import type { Judge } from '../core/deciding/judge.ts';
import { NO_PAST } from '../core/deciding/past.ts';
import { compileBundle } from '../core/policy/compile-bundle.ts';
import type { Caller } from '../core/principal.ts';
import { composeSessionPolicy } from '../core/session-policy/compose.ts';
import { type Spread, spread } from './statistics.ts';
import { exampleBundle, VEND_BODY } from './vend-handler.ts';

const ROUNDS = 400;
const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };

/** Milliseconds, by the number of policies in the bundle. */
export function measureDecisions(): Record<string, Spread> {
  const results: Record<string, Spread> = {};
  for (const count of [10, 100, 1000]) {
    const judge = judgeOf(bundleOf(count));
    results[`allow, ${count} policies`] = timed(() => decide(judge, 60));
    results[`deny with advice, ${count} policies`] = timed(() => decide(judge, 3601));
  }
  return results;
}

export function measureComposition(): Spread {
  const entitlement = exampleBundle().entitlements['artifacts-read'];
  if (entitlement === undefined) throw new Error('no artifacts-read');
  const { parameters } = VEND_BODY;
  const input = {
    entitlement,
    parameters,
    scope: null,
    deployment: DEPLOYMENT,
    expiresAt: 0,
    sourceIp: '127.0.0.1',
  };
  return timed(() => composeSessionPolicy(input));
}

function decide(judge: Judge, durationSeconds: number): void {
  const request = {
    ...VEND_BODY,
    entitlement: 'e-1',
    parameters: {},
    scope: null,
    startsAt: null,
    ticket: null,
    durationSeconds,
  };
  const assessed = assessRequest(judge, { caller: CALLER, sourceIp: '10.0.0.1' }, request, NO_PAST);
  const expected = durationSeconds > 3600 ? 'deny' : 'allow';
  if (!assessed.ok || assessed.value.decision.outcome !== expected)
    throw new Error(`not decided: ${expected}`);
}

const CALLER: Caller = {
  principal: {
    type: 'User',
    id: 'people:ana',
    issuer: 'people',
    name: 'ana',
    groups: ['people:team-1', 'people:everybody'],
    tags: {},
  },
  authentication: { mfa: true, signedInAt: null },
  claims: {},
};

function judgeOf(bundle: Bundle): Judge {
  const engine = cedarEngine(loadCedar(cedarModule()), bundle, () => undefined);
  return { bundle, engine, deployment: DEPLOYMENT, clock: () => 0 };
}

/** One policy per team and entitlement, as bundles grow in practice, and one forbid for all. */
function bundleOf(count: number): Bundle {
  const files = new Map([
    [
      'issuers.yaml',
      'issuers: [{ id: people, type: User, url: https://i.example, audience: a, subject: [sub], name: email, groups: groups, mfa: { amr: [mfa] } }]',
    ],
  ]);
  for (let index = 1; index < count; index += 1) {
    files.set(
      `entitlements/e-${index}.yaml`,
      `{ id: e-${index}, title: E, risk: low, target: 'arn:aws:iam::{{account}}:role/e', maxDuration: 8h, justification: optional, statements: [{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b-${index}/*' }] }`,
    );
    files.set(
      `policies/p-${index}.cedar`,
      `@id("p-${index}") permit (principal in ValetKey::Group::"people:team-${index}", action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"], resource == ValetKey::Entitlement::"e-${index}") when { context.durationSeconds <= 3600 && context.mfa && context.sourceIp.isInRange(ip("10.0.0.0/8")) };`,
    );
  }
  files.set(
    'policies/all.cedar',
    '@id("no-strangers") @advice("Use your own account.") forbid (principal is ValetKey::Workload, action == ValetKey::Action::"request", resource);',
  );
  const compiled = compileBundle(files, cedarLanguage(loadCedar(cedarModule())));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error[0]));
  return compiled.value;
}

function timed(action: () => unknown): Spread {
  for (let warm = 0; warm < 50; warm += 1) action();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    action();
    times.push(performance.now() - begun);
  }
  return spread(times);
}
