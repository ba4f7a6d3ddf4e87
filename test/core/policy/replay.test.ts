import { describe, expect, test } from '@jest/globals';
import { replay } from '../../../core/policy/replay.ts';
import { QUIET } from '../../../core/request-signals.ts';
import { files, PERMIT_READ, READ } from '../../support/bundles.ts';
import { benchOf } from './test-bench.ts';

type Line = {
  readonly facts?: object;
  readonly outcome?: string;
  readonly entitlement?: string;
  readonly issuer?: string;
  readonly scope?: object;
};

/** A line as exported by `GET /v1/decisions`. */
function line({ facts, outcome = 'allow', entitlement = 'read', issuer = 'people', scope }: Line) {
  const groups = ['people:readers'];
  return JSON.stringify({
    ...{ grantId: 'gr_1', at: '2026-11-20T10:00:00Z', entitlement, scope: scope ?? null },
    decision: { outcome, policies: ['read-is-fine'] },
    inputs: {
      principal: { type: 'User', id: `${issuer}:ana`, issuer, name: 'ana', groups, tags: {} },
      facts: {
        ...{ now: '2026-11-20T10:00:00Z', durationSeconds: 60, sourceIp: '10.0.0.1', mfa: false },
        ...{ justification: 'x', parameters: { prefix: 'a' }, ...facts },
      },
    },
  });
}

const again = (given: Line, changes: Readonly<Record<string, string>> = {}) =>
  replay(benchOf(files(changes)), line(given)).replayed[0];

const HISTORY = {
  'policies/read.cedar': PERMIT_READ.replace(
    ');',
    ') when { context.history.recentDenials == 0 && context.history.firstUse };',
  ),
};

describe('a past decision', () => {
  test('is replayed with its line, whatever is between the lines', () => {
    const text = `\n ${line({})}\r\n  \t\r\n{}\n${line({ outcome: 'deny' })}\nnonsense`;
    const { replayed, malformed } = replay(benchOf(), text);
    expect(replayed.map((one) => [one.line, one.changed, one.now])).toEqual([
      [2, false, { outcome: 'allow', policies: ['read-is-fine'] }],
      [5, true, { outcome: 'allow', policies: ['read-is-fine'] }],
    ]);
    expect(malformed).toEqual([
      { line: 4, message: 'grantId: is missing; it must be text' },
      { line: 6, message: 'is not JSON' },
    ]);
    expect(replayed[0]?.past.entitlement).toBe('read');
  });

  test.each<[string, Line, string]>([
    ['an entitlement', { entitlement: 'write' }, "entitlement 'write' no longer exists"],
    ['an issuer', { issuer: 'guests' }, "issuer 'guests' is no longer trusted"],
    [
      'parameters',
      { facts: { parameters: { prefix: 'A', path: 'b' } } },
      "parameters/path 'path' is not a parameter of read; its parameters are prefix; parameters/prefix must match [a-z0-9/]{1,20} as a whole",
    ],
  ])('is refused for %s that the bundle does not have', (_, given, why) => {
    expect(again(given)?.now).toEqual({ outcome: 'refused', why });
    expect(again(given)?.changed).toBe(true);
    expect(again({ ...given, outcome: 'deny' })?.changed).toBe(false);
  });

  test('is refused for a scope beyond what the bundle allows now', () => {
    const scoped = (action: string) =>
      again({ facts: { scoped: true }, scope: { actions: [action] } })?.now;
    expect(scoped('s3:GetObject')).toMatchObject({ outcome: 'allow' });
    expect(scoped('s3:PutObject')).toMatchObject({
      outcome: 'refused',
      why: expect.stringMatching(/^scope\/actions\/0 .*s3:PutObject/),
    });
  });

  test('is denied where a rule of the entitlement denies it now', () => {
    const short = { 'entitlements/read.yaml': READ.replace('8h', '15m') };
    expect(again({ facts: { durationSeconds: 900 } }, short)?.now.outcome).toBe('allow');
    expect(again({ facts: { durationSeconds: 901 } }, short)?.now.outcome).not.toBe('allow');
  });

  test('is replayed with its history; where that was not recorded, as a first use', () => {
    const denied = { recentDenials: 1, firstUse: true };
    expect(again({}, HISTORY)).toMatchObject({ now: { outcome: 'allow' }, historyGuessed: true });
    expect(again({ facts: { history: denied } }, HISTORY)).toMatchObject({
      ...{ now: { outcome: 'deny' }, historyGuessed: false },
    });
    expect(again({})?.historyGuessed).toBe(false);
    expect(again({ entitlement: 'write' }, HISTORY)?.historyGuessed).toBe(false);
  });

  test('is replayed with its signals; where they were not recorded, as if all were quiet', () => {
    const when = ') when { !context.signals.newNetwork };';
    const wary = { 'policies/read.cedar': PERMIT_READ.replace(');', when) };
    expect(again({}, wary)).toMatchObject({ now: { outcome: 'allow' }, signalsGuessed: true });
    const signals = { ...QUIET, newNetwork: true };
    expect(again({ facts: { signals } }, wary)).toMatchObject({
      ...{ now: { outcome: 'deny' }, signalsGuessed: false },
    });
    expect(again({})?.signalsGuessed).toBe(false);
  });

  test('is refused where a policy cannot be evaluated, and the policy is named', () => {
    const broken = {
      'policies/broken.cedar': `@id("broken") permit (principal, action == ValetKey::Action::"request", resource) when { context.durationSeconds * 9223372036854775807 > 0 };`,
    };
    expect(again({}, broken)?.now).toMatchObject({
      outcome: 'refused',
      why: expect.stringMatching(/^policy 'broken' cannot be evaluated: /),
    });
  });
});
