import { describe, expect, test } from '@jest/globals';
import type { CompiledEntitlement, Mentions } from '../../../core/bundle/bundle.ts';
import { advise } from '../../../core/deciding/advice.ts';
import { isBetter, offer, type Search } from '../../../core/deciding/advice-search.ts';
import { assessRequest } from '../../../core/deciding/assess-request.ts';
import type { GrantRequest } from '../../../core/deciding/grant-request.ts';
import { NO_PAST } from '../../../core/deciding/past.ts';
import { type Outcome, question, type RequestFacts } from '../../../core/decision.ts';
import { inWords } from '../../../core/duration.ts';
import type { Caller } from '../../../core/principal.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { ANA, NOW, person, REQUEST, world } from '../../support/memory-ports.ts';

const BUNDLE = compiled();

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

describe('the advice of a denial names', () => {
  test.each([
    [
      'the longest duration that works',
      'context.durationSeconds <= 777',
      'Ask for at most 12 min 57 s: it would be allowed at once.',
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

/** Advice on a stub of the engine: `better` says what becomes of a changed request. */
function advised(options: {
  readonly reads?: readonly string[];
  readonly facts?: Partial<RequestFacts>;
  readonly mentions?: Partial<Mentions>;
  readonly caller?: Caller;
  readonly decided?: Outcome;
  readonly better: (facts: RequestFacts) => Outcome;
}) {
  const { reads = [], facts = {}, mentions = {}, caller = ANA, decided = 'deny', better } = options;
  const { ports } = world(BUNDLE);
  const read = BUNDLE.entitlements['read'] as CompiledEntitlement;
  const attributes = { attributes: reads, networks: [], tickets: [] };
  const asked = question(caller, read, ports.deployment, {
    ...{ now: NOW, durationSeconds: 1800, startsInSeconds: 0, sourceIp: '192.0.2.1', ticket: null },
    ...{ justification: '', parameters: { prefix: 'a' }, scope: null, history: null },
  });
  const tried: RequestFacts[] = [];
  const advice = advise({
    judge: { ...ports, bundle: { ...BUNDLE, mentions: { ...attributes, ...mentions } } },
    asked: { ...asked, facts: { ...asked.facts, ...facts } },
    entitlement: read,
    scope: null,
    decided,
    outcomeOf: (about) => {
      tried.push(about.facts);
      return better(about.facts);
    },
  });
  return { advice, tried };
}

const allowIf = (allowed: boolean): Outcome => (allowed ? 'allow' : 'deny');
const MINUTE = 60_000;

describe('the search for advice', () => {
  test('tries nothing that no policy reads', () => {
    const mentions = { networks: ['10.0.0.0/8'], tickets: ['OPS-1'] };
    expect(advised({ mentions, better: () => 'allow' })).toEqual({ advice: [], tried: [] });
  });

  test.each([1, 2, 899, 900, 901, 1799])(
    'finds the longest duration that works, to the second: %i',
    (longest) => {
      const { advice, tried } = advised({
        reads: ['durationSeconds'],
        better: ({ durationSeconds }) => allowIf(durationSeconds <= longest),
      });
      expect(advice).toEqual([`Ask for at most ${inWords(longest)}: it would be allowed at once.`]);
      expect(tried.length).toBeLessThan(16);
    },
  );

  test('does not search a duration where not even a second works', () => {
    const { advice, tried } = advised({ reads: ['durationSeconds'], better: () => 'deny' });
    expect(advice).toEqual([]);
    expect(tried).toHaveLength(1);
  });

  test('names the outcome of the very duration that it advises', () => {
    const { advice } = advised({
      reads: ['durationSeconds'],
      better: ({ durationSeconds: seconds }) =>
        seconds > 900 ? 'deny' : seconds > 60 ? 'approve' : 'allow',
    });
    expect(advice).toEqual(['Ask for at most 15 minutes: it could be approved.']);
  });

  test.each(['mfa', 'mfaAgeSeconds'])(
    'tries a fresh second factor where %s is read',
    (attribute) => {
      const { advice, tried } = advised({ reads: [attribute], better: () => 'allow' });
      expect(advice).toEqual(['Sign in again with a second factor: it would be allowed at once.']);
      expect(tried).toMatchObject([{ mfa: true, mfaAgeSeconds: 0, durationSeconds: 1800 }]);
    },
  );

  test.each<[string, Partial<Caller['principal']>]>([
    ['workloads', { type: 'Workload' }],
    ['issuers without second factors', { issuer: 'github' }],
  ])('advises no second factor to %s', (_, changes) => {
    const caller = { ...ANA, principal: { ...ANA.principal, ...changes } };
    const { advice } = advised({ reads: ['mfa'], caller, better: () => 'allow' });
    expect(advice).toEqual([]);
  });

  test('tries any ticket before those that policies mention, and names the first that works', () => {
    const shapes = { tickets: ['OPS-1', 'INC-1', 'CHG-1'] };
    const { advice, tried } = advised({
      reads: ['ticket'],
      mentions: shapes,
      better: ({ ticket }) => (ticket === 'INC-1' ? 'approve' : 'deny'),
    });
    expect(advice).toEqual(['Name a ticket such as INC-1: it could be approved.']);
    expect(tried.map(({ ticket }) => ticket)).toEqual(['1', 'OPS-1', 'INC-1']);
    const none = advised({ reads: ['ticket'], mentions: shapes, better: () => 'deny' });
    expect(none.advice).toEqual([]);
    expect(none.tried).toHaveLength(4);
  });

  test('tries an address of each network that policies mention', () => {
    const { advice, tried } = advised({
      reads: ['sourceIp'],
      mentions: { networks: ['10.0.0.0/8', '198.51.100.0/24', '203.0.113.9'] },
      better: ({ sourceIp }) => allowIf(sourceIp.startsWith('198.')),
    });
    expect(advice).toEqual(['Ask from the network 198.51.100.0/24: it would be allowed at once.']);
    expect(tried.map(({ sourceIp }) => sourceIp)).toEqual(['10.0.0.0', '198.51.100.0']);
    const networks = ['10.0.0.0/8'];
    const none = advised({ reads: ['sourceIp'], mentions: { networks }, better: () => 'deny' });
    expect(none.advice).toEqual([]);
  });

  test.each([
    ['at a full minute', NOW - 500 + 90 * MINUTE, '2026-11-23T11:30:00Z'],
    ['between two minutes', NOW - 500 + 90 * MINUTE + 1, '2026-11-23T11:31:00Z'],
    ['within the next minute', NOW + 1, '2026-11-23T10:01:00Z'],
    ['in 24 hours', NOW + 24 * 60 * MINUTE, '2026-11-24T10:01:00Z'],
  ])('finds the first minute that works: %s', (_, from, said) => {
    const { advice } = advised({ reads: ['now'], better: ({ now }) => allowIf(now >= from) });
    expect(advice).toEqual([`Ask at ${said}: it would be allowed at once.`]);
  });

  test('never names a minute that has begun, even if a moment ago would have been right', () => {
    const noon = Date.parse('2026-11-23T12:00:00Z');
    for (const late of [0, 1, 30_000, 59_999]) {
      const { advice } = advised({
        reads: ['now'],
        facts: { now: noon + late },
        better: ({ now }) => allowIf(now !== noon + late),
      });
      expect(advice).toEqual(['Ask at 2026-11-23T12:01:00Z: it would be allowed at once.']);
    }
  });

  test('looks no further ahead than 24 hours', () => {
    const from = NOW + 24 * 60 * MINUTE + 1;
    const { advice, tried } = advised({
      reads: ['now'],
      better: ({ now }) => allowIf(now >= from),
    });
    expect(advice).toEqual([]);
    expect(tried.map(({ now }) => (now - NOW) / 3_600_000)).toEqual(
      Array.from({ length: 24 }, (_, index) => index + 1),
    );
  });

  test('advises a scope only to callers who gave none', () => {
    const better = ({ scoped }: RequestFacts) => allowIf(scoped);
    expect(advised({ reads: ['scoped'], better }).advice).toEqual([
      'Ask for less with a scope of actions or resources: it would be allowed at once.',
    ]);
    const given = advised({ reads: ['scoped'], facts: { scoped: true }, better: () => 'allow' });
    expect(given).toEqual({ advice: [], tried: [] });
  });

  test('gives every piece of advice that would help, in the order of the least trouble', () => {
    const { advice } = advised({
      reads: ['durationSeconds', 'mfa', 'ticket', 'sourceIp', 'now', 'scoped'],
      mentions: { networks: ['10.0.0.0/8'] },
      better: () => 'allow',
    });
    expect(advice.map((sentence) => sentence.split(' ').slice(0, 3).join(' '))).toEqual([
      ...['Ask for at', 'Sign in again', 'Name a ticket:', 'Ask from the'],
      ...[expect.stringMatching(/^Ask at 2026/), 'Ask for less'],
    ]);
  });
});

describe('advice on a request that needs an approval', () => {
  test('offers only what would be allowed at once', () => {
    const all = ['durationSeconds', 'mfa', 'ticket', 'sourceIp', 'now', 'scoped'];
    const mentions = { networks: ['10.0.0.0/8'], tickets: ['CHG-1'] };
    const waiting = { reads: all, mentions, decided: 'approve' } as const;
    expect(advised({ ...waiting, better: () => 'approve' }).advice).toEqual([]);
    expect(advised({ ...waiting, better: () => 'deny' }).advice).toEqual([]);
    const { advice } = advised({
      ...waiting,
      better: ({ durationSeconds, ticket }) =>
        durationSeconds <= 600 || ticket === 'CHG-1' ? 'allow' : 'approve',
    });
    expect(advice).toEqual([
      'Ask for at most 10 minutes: it would be allowed at once.',
      'Name a ticket such as CHG-1: it would be allowed at once.',
    ]);
  });

  test.each<[Outcome, Outcome, boolean]>([
    ['deny', 'deny', false],
    ['deny', 'approve', true],
    ['deny', 'allow', true],
    ['approve', 'deny', false],
    ['approve', 'approve', false],
    ['approve', 'allow', true],
    ['allow', 'allow', false],
  ])('%s → %s is better: %s', (decided, outcome, better) => {
    expect(isBetter({ decided }, outcome)).toBe(better);
    const said = outcome === 'allow' ? 'it would be allowed at once' : 'it could be approved';
    const offered = offer({ decided } as Search, outcome, 'Do this');
    expect(offered).toEqual(better ? [`Do this: ${said}.`] : []);
  });
});
