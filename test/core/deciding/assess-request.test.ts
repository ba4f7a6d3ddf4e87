import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { assessRequest } from '../../../core/deciding/assess-request.ts';
import type { GrantRequest } from '../../../core/deciding/grant-request.ts';
import { NO_PAST } from '../../../core/deciding/past.ts';
import type { PolicyEngine } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { composeSessionPolicy } from '../../../core/session-policy/compose.ts';
import { compiled, files, ISSUERS, READ } from '../../support/bundles.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';
import { NO_POLICY, silentOn, withEngine } from '../../support/failing-ports.ts';
import { ANA, NOW, person, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled();
const IP = '10.1.2.3';

function judged(request: Partial<GrantRequest>, bundle: Bundle = BUNDLE, caller: Caller = ANA) {
  return assessRequest(
    world(bundle).ports,
    { caller: caller, sourceIp: IP },
    { ...REQUEST, ...request },
    NO_PAST,
  );
}

function mistakes(request: Partial<GrantRequest>, bundle?: Bundle): readonly string[] {
  const answer = judged(request, bundle);
  if (answer.ok || answer.error.code !== 'invalid') throw new Error('no mistakes');
  return answer.error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe('a request is invalid', () => {
  test.each(['', 'write', 'READ', '__proto__', 'constructor', 'toString', 'read '])(
    'for the entitlement %j, which there is not',
    (id) => {
      expect(mistakes({ entitlement: id })).toEqual([
        expect.stringMatching(/^\/entitlement is not an entitlement.*GET \/v1\/entitlements/),
      ]);
    },
  );

  test('for a second more than the entitlement lasts', () => {
    expect(judged({ durationSeconds: 28_800 }).ok).toBe(true);
    expect(mistakes({ durationSeconds: 28_801 })).toEqual([
      '/durationSeconds may be at most 28800 for read',
    ]);
  });

  test.each([null, '', '  \n\t'])('with the justification %j where one is required', (said) => {
    expect(mistakes({ justification: said })[0]).toMatch(/^\/justification is missing/);
    const optional = compiled(
      files({ 'entitlements/read.yaml': `${READ}justification: optional\n` }),
    );
    expect(judged({ justification: said }, optional).ok).toBe(true);
  });

  test('with a start that has passed, or is too far ahead', () => {
    expect(mistakes({ startsAt: NOW - 300_001 })).toEqual([
      '/startsAt has passed; leave it out to start at once',
    ]);
    expect(mistakes({ startsAt: NOW + 31 * 86_400_000 })).toEqual([
      '/startsAt may be at most 30 days ahead',
    ]);
  });

  test('for a later start where it is for break-glass', () => {
    const { read } = BUNDLE.entitlements;
    if (read === undefined) throw new Error('no entitlement');
    const bundle = { ...BUNDLE, entitlements: { read: { ...read, breakGlass: true } } };
    const incident = { ticket: 'INC-1' };
    expect(judged(incident, bundle).ok).toBe(true);
    expect(mistakes({ ...incident, startsAt: NOW + 60_000 }, bundle)).toEqual([
      '/startsAt is not possible for break-glass, which begins at once; leave it out',
    ]);
  });

  test('with all of its mistakes at once', () => {
    const request = {
      durationSeconds: 1e9,
      justification: null,
      parameters: { prefix: '*', x: 1 },
    };
    expect(mistakes(request).map((line) => line.split(' ')[0])).toEqual([
      ...['/durationSeconds', '/justification', '/parameters/x', '/parameters/prefix'],
    ]);
  });

  test('with a scope that is not contained, and says what would be', () => {
    expect(mistakes({ scope: { actions: ['s3:PutObject'] } })).toEqual([
      expect.stringMatching(/^\/scope\/actions\/0 's3:PutObject'.*'s3:GetObject'/),
    ]);
    expect(mistakes({ scope: { resources: ['arn:aws:s3:::acme/*'] } })[0]).toMatch(/^\/scope/);
  });

  test('when its session policy is too long for STS, which no compiler let through', () => {
    const resources = Array.from(
      { length: 30 },
      (_, index) => `arn:aws:s3:::bucket-${index}/{{p}}`,
    );
    const long = entitlement({
      parameters: { p: parameter('[a-z]+') },
      statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: resources }],
    });
    const bundle = { ...BUNDLE, entitlements: { e: long } };
    const request = { entitlement: 'e', parameters: { p: 'x'.repeat(100) } };
    expect(mistakes(request, bundle)).toEqual([
      expect.stringMatching(/^\/parameters .* \d{4} characters, and AWS accepts 2048/),
    ]);
  });

  test('before policy decides, for every caller alike', () => {
    const broker = world(BUNDLE);
    const ports = withEngine(broker.ports, silentOn('request'));
    const answer = assessRequest(
      ports,
      { caller: ANA, sourceIp: IP },
      { ...REQUEST, durationSeconds: 1e9 },
      NO_PAST,
    );
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid' } });
  });
});

describe('an assessment', () => {
  test('has the end, and the very policy that STS would receive', () => {
    const answer = judged({ scope: { resources: ['arn:aws:s3:::acme/a/b'] } });
    if (!answer.ok) throw new Error(answer.error.code);
    const { sessionPolicy, expiresAt, now, entitlement } = answer.value;
    expect(now).toBe(NOW);
    expect(expiresAt).toBe(Date.parse('2026-11-23T10:30:00Z'));
    const composed = composeSessionPolicy({
      entitlement,
      parameters: { prefix: 'a' },
      scope: { resources: ['arn:aws:s3:::acme/a/b'] },
      deployment: { account: '111122223333', region: 'eu-central-1' },
      expiresAt,
      sourceIp: IP,
    });
    expect(composed).toEqual({ ok: true, value: sessionPolicy });
    expect(sessionPolicy).toContain('"arn:aws:s3:::acme/a/b"');
  });

  test('tells policy what was asked, where from, and that it is narrower', () => {
    const facts = (request: Partial<GrantRequest>) => {
      const answer = judged(request);
      return answer.ok ? answer.value.question.facts : null;
    };
    expect(facts({ ticket: 'OPS-1', scope: { actions: ['s3:GetObject'] } })).toEqual({
      ...{ now: NOW, durationSeconds: 1800, startsInSeconds: 0, sourceIp: IP },
      ...{ mfa: false, mfaAgeSeconds: null, ticket: 'OPS-1', justification: 'a test' },
      ...{ scoped: true, parameters: { prefix: 'a' }, history: null },
    });
    expect(facts({})).toMatchObject({ scoped: false, ticket: null });
  });

  test('carries the hash of the bundle that decided', () => {
    const answer = judged({}, BUNDLE, person('eve', []));
    expect(answer).toMatchObject({
      ok: true,
      value: { decision: { outcome: 'deny', policies: [], bundle: BUNDLE.hash } },
    });
  });

  test.each(['request', 'autoApprove'] as const)(
    'is impossible without an answer to %s',
    (action) => {
      const broker = world(BUNDLE);
      const answer = assessRequest(
        withEngine(broker.ports, silentOn(action)),
        { caller: ANA, sourceIp: IP },
        REQUEST,
        NO_PAST,
      );
      expect(answer).toEqual({ ok: false, error: NO_POLICY });
    },
  );
});

describe('an assessment of a later start', () => {
  test('ends as long after that start as was requested', () => {
    const startsAt = NOW + 60_000;
    expect(judged({ startsAt })).toMatchObject({
      value: {
        startsAt,
        expiresAt: Date.parse('2026-11-23T10:31:00Z'),
        question: { facts: { startsInSeconds: 60 } },
      },
    });
  });

  test('has an empty justification where none was given', () => {
    const optional = compiled(
      files({ 'entitlements/read.yaml': `${READ}justification: optional\n` }),
    );
    expect(judged({ justification: null }, optional)).toMatchObject({
      value: { question: { facts: { justification: '' } } },
    });
  });
});

describe('advice', () => {
  /** Reads a ticket, which would always help. */
  const ASKING = { ...BUNDLE, mentions: { attributes: ['ticket'], networks: [], tickets: [] } };
  const says = (permitted: boolean) => ok({ permitted, policies: ['p'], advice: ['Wait.'] });
  const assessed = (ask: PolicyEngine['ask'], past = NO_PAST, bundle: Bundle = ASKING) =>
    assessRequest(
      withEngine(world(bundle).ports, { ask }),
      { caller: ANA, sourceIp: IP },
      REQUEST,
      past,
    );

  test('is added to that of the policies, each sentence once', () => {
    const helps = 'Name a ticket: it would be allowed at once.';
    expect(assessed((_, { facts }) => says(facts.ticket !== null))).toMatchObject({
      value: { decision: { outcome: 'deny', policies: ['p'], advice: ['Wait.', helps] } },
    });
  });

  test('is not searched for a request that is allowed, which costs two questions', () => {
    const questions: string[] = [];
    const answer = assessed((action) => {
      questions.push(action);
      return says(true);
    });
    expect(answer).toMatchObject({ value: { decision: { outcome: 'allow', advice: ['Wait.'] } } });
    expect(questions).toEqual(['request', 'autoApprove']);
  });

  const APPROVED = compiled(
    files({ 'entitlements/read.yaml': `${READ}approval: { approvers: ['people:boss'] }\n` }),
  );

  test('is found for a request that needs an approval', () => {
    const bundle = { ...APPROVED, mentions: ASKING.mentions };
    const helps = 'Name a ticket: it would be allowed at once.';
    const ask: PolicyEngine['ask'] = (action, { facts }) =>
      says(action === 'request' || facts.ticket !== null);
    expect(assessed(ask, NO_PAST, bundle)).toMatchObject({
      value: { decision: { outcome: 'approve', advice: ['Wait.', helps] } },
    });
    expect(assessed((action) => says(action === 'request'), NO_PAST, bundle)).toMatchObject({
      value: { decision: { outcome: 'approve', advice: ['Wait.'] } },
    });
  });

  test('promises no approval to who could not be told apart from the approvers', () => {
    const text = `${READ}approval: { approvers: ['people:boss'], samePerson: [employee] }\n`;
    const issuers = ISSUERS.replace('groups: groups', 'groups: groups, tags: [employee]');
    const strict = compiled(files({ 'entitlements/read.yaml': text, 'issuers.yaml': issuers }));
    const bundle = { ...strict, mentions: ASKING.mentions };
    const ask: PolicyEngine['ask'] = (action, { facts }) =>
      says(action === 'request' && facts.ticket !== null);
    expect(assessed(ask, NO_PAST, bundle)).toMatchObject({
      value: { decision: { outcome: 'deny', advice: ['Wait.'] } },
    });
  });

  test('is not searched where a fixed rule denies, which nothing else could lift', () => {
    const glass = {
      ...entitlement({ id: 'read', breakGlass: true }),
      justification: 'optional',
    } as const;
    const bundle = {
      ...ASKING,
      entitlements: {
        read: { ...glass, parameters: BUNDLE.entitlements['read']?.parameters ?? {} },
      },
    };
    const answer = assessRequest(
      withEngine(world(bundle).ports, { ask: () => says(true) }),
      { caller: ANA, sourceIp: IP },
      { ...REQUEST, ticket: 'INC-1' },
      { history: null, overdueReview: 'gr_old' },
    );
    expect(answer).toMatchObject({
      value: {
        decision: {
          policies: ['valetkey.overdue-review'],
          advice: [expect.stringContaining('gr_old is overdue')],
        },
      },
    });
  });

  test('does not come of a question that policy could not answer', () => {
    expect(
      assessed((_, { facts }) => (facts.ticket === null ? says(false) : err(NO_POLICY))),
    ).toMatchObject({ value: { decision: { advice: ['Wait.'] } } });
  });
});
