import fc from 'fast-check';
import type { SessionPolicyInput } from '../../core/session-policy/compose.ts';
import { ELSEWHERE, elsewhere, pick, WHERE } from './elsewhere.ts';
import { SERVICE_NAMES, SERVICES, type Service } from './entitlements.ts';
import { type Call, render } from './our-reasoning.ts';
import { matchesAction } from './wildcards.ts';

/**
 * Calls near the limits of a grant: within, one character off, elsewhere, too late, from another
 * network.
 */

export type Probe = Call & {
  readonly where: (typeof WHERE)[number];
  readonly when: keyof typeof WHEN;
  readonly from: keyof typeof FROM;
};

/** Milliseconds from expiresAt. */
const WHEN = {
  early: -3_600_000,
  'a second before the end': -1000,
  'at the end': 0,
  late: 1000,
};

/**
 * Another address of the same family; for one of another family, iam-simulate matches no
 * `NotIpAddress`.
 */
const other = (ip: string, last: string) => ip.replace(/7$/, last);

const FROM = {
  'the same address': (ip: string) => ({ 'aws:SourceIp': ip }),
  'another address': (ip: string) => ({ 'aws:SourceIp': other(ip, '8') }),
  'another address, not via a service': (ip: string) => ({
    'aws:SourceIp': other(ip, '77'),
    'aws:ViaAWSService': 'false',
  }),
  'no address': () => ({}),
  'an AWS service': (ip: string) => ({
    'aws:SourceIp': other(ip, '9'),
    'aws:ViaAWSService': 'true',
  }),
};

const serviceOf = (arn: string): Service => {
  const name = SERVICE_NAMES.find((one) => arn.includes(`:${one}/`) || arn.includes(`${one}:`));
  if (name !== undefined) return name;
  return arn.split(':').slice(5).join(':').includes('/') ? 'object' : 'bucket';
};

const often = <T>(first: T, rest: readonly T[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(first) },
    { weight: 5, arbitrary: fc.constantFrom(...rest) },
  );

/** Replaces every wildcard by something it stands for. */
function expand(pattern: string, filling: string): string {
  const parts = pattern.replaceAll('${aws:PrincipalTag/team}', 'red').split(':');
  const filled = parts.map((part, index) =>
    part.replaceAll('*', index < 5 ? 'west-1' : filling).replaceAll('?', 'd'),
  );
  const arn = filled.join(':');
  return /[/:]$/.test(arn) ? `${arn}z` : arn;
}

export function probesOf(grant: SessionPolicyInput): fc.Arbitrary<Probe> {
  const allows = render(grant).filter(({ Effect }) => Effect === 'Allow');
  const known = [
    ...(grant.scope?.resources ?? []),
    ...allows.flatMap(({ Resource = [] }) => Resource),
  ];
  const targets = known.filter((resource) => resource !== '*');
  const actions = [...(grant.scope?.actions ?? []), ...allows.flatMap(({ Action = [] }) => Action)];
  return fc
    .record({
      pattern: fc.constantFrom(
        ...targets,
        ...(targets.length === 0 ? Object.values(ELSEWHERE).map((parts) => parts.join('')) : []),
      ),
      filling: fc.constantFrom('a', 'ab', 'ab-a', '7'),
      deep: fc.constantFrom('', '', '/b', '/a/b'),
      known: fc.nat(),
      where: often<Probe['where']>('as granted', WHERE),
      when: often<Probe['when']>('early', Object.keys(WHEN) as Probe['when'][]),
      from: often<Probe['from']>('the same address', Object.keys(FROM) as Probe['from'][]),
      at: fc.nat(),
      letter: fc.constantFrom('a', 'Z', '0', ''),
      context: contextOf(grant),
    })
    .map(({ pattern, filling, deep, where, when, from, at, letter, context, ...rest }) => {
      const service = serviceOf(pattern);
      const nested = service === 'object' || service === 'parameter' ? deep : '';
      const granted = expand(pattern, `${filling}${nested}`);
      const all: readonly string[] = SERVICES[service].actions;
      const meant = all.filter((action) => actions.some((one) => matchesAction(one, action)));
      const action = pick(
        where === 'another action' || meant.length === 0 ? all : meant,
        rest.known,
      );
      const target = { action, resource: granted };
      const called = elsewhere(target, where, service, at, letter);
      return {
        ...called,
        where,
        when,
        from,
        now: grant.expiresAt + WHEN[when],
        context: { ...context(called.action), ...FROM[from](grant.sourceIp) },
      };
    });
}

/** The condition keys that the statements use, each present or absent. */
function contextOf({ parameters }: SessionPolicyInput) {
  const maybe = (key: string, ...values: readonly string[]) =>
    fc.constantFrom({}, ...values.map((value) => ({ [key]: value })));
  return fc
    .record({
      team: maybe('aws:PrincipalTag/team', 'red', 'red', 'blue', parameters['q'] ?? ''),
      secure: maybe('aws:SecureTransport', 'true', 'true', 'false'),
      prefix: maybe(
        's3:prefix',
        `${parameters['p']}/`,
        `${parameters['p']}/a`,
        'public/',
        'private/',
      ),
    })
    .map(
      ({ team, secure, prefix }) =>
        (action: string): Record<string, string> => ({
          ...team,
          ...secure,
          // Only ListBucket has this key.
          ...(matchesAction('s3:ListBucket', action) && prefix),
        }),
    );
}
