import fc from 'fast-check';
import type { Entitlement, Scope } from '../../core/entitlement.ts';
import type { SessionPolicyInput } from '../../core/session-policy/compose.ts';
import { entitlementWith, parameter, SERVICE_NAMES, SERVICES, statement } from './entitlements.ts';
import { relate, render } from './our-reasoning.ts';

/** Generated grants: entitlement × parameters × scope × end × network. */

export const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };
export const EXPIRES_AT = Date.parse('2026-11-23T10:30:00Z');

export const unscoped: fc.Arbitrary<SessionPolicyInput> = fc
  .record({
    statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
    p: parameter,
    q: parameter,
    network: fc.constantFrom<Entitlement['network']>('bind', 'any'),
    sourceIp: fc.constantFrom('203.0.113.7', '2001:db8::7'),
  })
  .map(({ statements, p, q, network, sourceIp }) => ({
    entitlement: entitlementWith({ p: p.spec, q: q.spec }, statements, network),
    parameters: { p: p.value, q: q.value },
    scope: null,
    deployment: DEPLOYMENT,
    expiresAt: EXPIRES_AT,
    sourceIp,
  }));

/** A part of what a pattern matches, or sometimes a little more. */
function narrowed(pattern: string): fc.Arbitrary<string> {
  const end = fc.constantFrom('a', 'a*', pattern.startsWith('arn:') ? 'ab/*' : 'O*', '*');
  const filled = end.map((text) => pattern.replace(/\*$/, text).replaceAll('??', 'ab'));
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(pattern) },
    { weight: 12, arbitrary: filled },
    { weight: 1, arbitrary: fc.constant(`${pattern}*`.replace('**', 'X*')) },
  );
}

function scopeOf(grant: SessionPolicyInput): fc.Arbitrary<Scope | null> {
  const allows = render(grant).filter(({ Effect }) => Effect === 'Allow');
  const stated = (field: 'Action' | 'Resource') => allows.flatMap((one) => one[field] ?? []);
  const resources = stated('Resource').filter(
    (one) => one.startsWith('arn:') && !one.includes('$'),
  );
  const actions = stated('Action').flatMap((pattern) => [pattern, ...actionsOf(pattern)]);
  const list = (from: readonly string[]) =>
    from.length === 0
      ? fc.constant(undefined)
      : fc.option(
          fc.array(fc.constantFrom(...from).chain(narrowed), { minLength: 1, maxLength: 3 }),
          {
            nil: undefined,
          },
        );
  return fc
    .tuple(list(actions.filter((action) => action !== '*')), list(resources))
    .filter(
      ([a, r]) => plainlyRelated(a, stated('Action')) && plainlyRelated(r, stated('Resource')),
    )
    .map(([a, r]) =>
      a === undefined && r === undefined
        ? null
        : { ...(a !== undefined && { actions: a }), ...(r !== undefined && { resources: r }) },
    );
}

function actionsOf(pattern: string): readonly string[] {
  const all = SERVICE_NAMES.flatMap((name) => SERVICES[name].actions);
  return all.filter((action) => relate(pattern, action).includes);
}

/**
 * Whether all overlapping patterns contain one another. If two overlap without that (`s3:Get*`,
 * `s3:*Object`), no single pattern describes their intersection, and the value of an IAM variable
 * is not known: the core leaves such statements out, which is stricter than necessary, so they are
 * not compared.
 */
function plainlyRelated(asked: readonly string[] | undefined, stated: readonly string[]): boolean {
  return (asked ?? []).every((one) =>
    stated.every((other) => {
      const related = relate(one, other.replace(/\$\{[^}]*\}/g, '*'));
      if (other.includes('${')) return !related.overlap;
      return !related.overlap || related.includes || relate(other, one).includes;
    }),
  );
}

/** Any grant; half of them have a scope. */
export const grant: fc.Arbitrary<SessionPolicyInput> = unscoped.chain((whole) =>
  fc.oneof(fc.constant(null), scopeOf(whole)).map((scope) => ({ ...whole, scope })),
);
