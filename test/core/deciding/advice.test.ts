import { describe, expect, test } from '@jest/globals';
import { assessRequest } from '../../../core/deciding/assess-request.ts';
import type { GrantRequest } from '../../../core/deciding/grant-request.ts';
import { NO_PAST } from '../../../core/deciding/past.ts';
import type { Caller } from '../../../core/principal.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { ANA, person, REQUEST, world } from '../../support/memory-ports.ts';

const HEAD =
  'principal in ValetKey::Group::"people:readers", action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"], resource == ValetKey::Entitlement::"read"';

function adviceOf(
  when: string,
  request: Partial<GrantRequest> = {},
  more: Readonly<Record<string, string>> = {},
  caller: Caller = ANA,
): readonly string[] {
  const policy = `@id("p") permit (${HEAD}) when { ${when} };`;
  const broker = world(compiled(files({ 'policies/read.cedar': policy, ...more })));
  const assessed = assessRequest(
    broker.ports,
    { caller, sourceIp: '192.0.2.1' },
    { ...REQUEST, ...request },
    NO_PAST,
  );
  if (!assessed.ok) throw new Error(JSON.stringify(assessed.error));
  expect(assessed.value.decision.outcome).toBe('deny');
  return assessed.value.decision.advice;
}

describe('a denial advises', () => {
  test.each([
    [
      'the longest duration that works',
      'context.durationSeconds <= 777',
      'Ask for at most 777 seconds: it would be allowed at once.',
    ],
    [
      'a second factor',
      'context.mfa',
      'Sign in again with a second factor: it would be allowed at once.',
    ],
    [
      'a fresh one',
      'context has mfaAgeSeconds && context.mfaAgeSeconds < 60',
      'Sign in again with a second factor: it would be allowed at once.',
    ],
    ['a ticket', 'context has ticket', 'Name a ticket: it would be allowed at once.'],
    [
      'a ticket of the right form',
      'context has ticket && context.ticket like "OPS-*"',
      'Name a ticket such as OPS-1: it would be allowed at once.',
    ],
    [
      'the network',
      'context.sourceIp.isInRange(ip("10.0.0.0/8"))',
      'Ask from the network 10.0.0.0/8: it would be allowed at once.',
    ],
    [
      'the time',
      'context.now.toTime() >= duration("20h30m")',
      'Ask at 2026-11-23T20:30:00Z: it would be allowed at once.',
    ],
    [
      'a scope',
      'context.scoped',
      'Ask for less with a scope of actions or resources: it would be allowed at once.',
    ],
  ])('%s', (_, when, sentence) => {
    expect(adviceOf(when)).toEqual([sentence]);
  });

  test('nothing that would not help', () => {
    expect(adviceOf('context.mfa && context has ticket')).toEqual([]);
    expect(adviceOf('context.durationSeconds <= 60', {}, {}, person('eve', []))).toEqual([]);
    expect(adviceOf('context.justification == "please"')).toEqual([]);
  });

  test('what could be approved, as that', () => {
    const text = `${READ}approval: { approvers: ['people:boss'] }\n`;
    const policies = `@id("p") permit (${HEAD.replace(', ValetKey::Action::"autoApprove"', '')}) when { context.mfa };`;
    const advice = adviceOf(
      'true',
      {},
      { 'entitlements/read.yaml': text, 'policies/read.cedar': policies },
    );
    expect(advice).toEqual(['Sign in again with a second factor: it could be approved.']);
  });

  const OTHER = READ.replace('id: read', 'id: read-all').replace(
    "'arn:aws:s3:::acme/{{prefix}}/*'",
    "['arn:aws:s3:::acme/*', 'arn:aws:s3:::{{prefix}}']",
  );
  const PERMIT_OTHER = `@id("o") permit (${HEAD.replace('"read"', '"read-all"')});`;

  test('another entitlement on the same role that covers what was asked', () => {
    const more = { 'entitlements/all.yaml': OTHER, 'policies/other.cedar': PERMIT_OTHER };
    expect(adviceOf('false', {}, more)).toEqual([
      'Ask for read-all instead: it would be allowed at once.',
    ]);
  });

  test('no entitlement that the caller may not see, or that does not cover it, or of another role', () => {
    const hidden = PERMIT_OTHER.replace('people:readers', 'people:admins');
    expect(
      adviceOf('false', {}, { 'entitlements/all.yaml': OTHER, 'policies/other.cedar': hidden }),
    ).toEqual([]);
    const less = OTHER.replace('acme/*', 'acme/other/*');
    expect(
      adviceOf(
        'false',
        {},
        { 'entitlements/all.yaml': less, 'policies/other.cedar': PERMIT_OTHER },
      ),
    ).toEqual([]);
    const role = OTHER.replace('role/valetkey/read', 'role/valetkey/other');
    expect(
      adviceOf(
        'false',
        {},
        { 'entitlements/all.yaml': role, 'policies/other.cedar': PERMIT_OTHER },
      ),
    ).toEqual([]);
  });
});
