import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../core/entitlement.ts';
import { type Atom, atomsOf, type Side, touches } from '../../core/policy/atoms.ts';
import { compareStatements, type Difference } from '../../core/policy/compare-statements.ts';
import { changesOfStatements } from '../../core/policy/diff-statements.ts';
import type { SessionPolicyInput } from '../../core/session-policy/compose.ts';
import { entitlementWith, statement } from './entitlements.ts';
import { unscoped } from './grants.ts';
import { applies, type Call, render } from './our-reasoning.ts';
import { probesOf } from './probes.ts';

/**
 * Pairs of lists of statements, of which the second is the first one with changes, and calls near their limits:
 * what the comparison says of a call is what changed for it, allows and denies each by themselves.
 */

type Change = (one: Statement, other: Statement) => readonly Statement[];

const capitals = (list: readonly string[]) => list.map((text) => text.toUpperCase());
const first = (list: readonly string[]) => list.slice(0, 1);
const changeOf =
  (
    field: 'Action' | 'Resource',
    to: (list: readonly string[], other: Statement) => readonly string[],
  ): Change =>
  (one, other) => {
    const list = one[field];
    return [list === undefined ? one : { ...one, [field]: to(list, other) }];
  };
const withCondition = (one: Statement, Condition: Statement['Condition']): Statement => {
  const { Condition: _, ...rest } = one;
  return Condition === undefined ? rest : { ...rest, Condition };
};

const CHANGES: Readonly<Record<string, Change>> = {
  nothing: (one) => [one],
  'is gone': () => [],
  'is twice there': (one) => [one, one],
  'another one is there': (one, other) => [one, other],
  'in capitals': changeOf('Action', capitals),
  'in another order': changeOf('Action', (list) => list.toReversed()),
  'fewer actions': changeOf('Action', first),
  'other actions': changeOf('Action', (list, other) => other.Action ?? list),
  'all actions': changeOf('Action', () => ['*']),
  'more resources': changeOf('Resource', (list, other) => [...list, ...(other.Resource ?? [])]),
  'fewer resources': changeOf('Resource', first),
  'narrower resources': changeOf('Resource', (list) =>
    list.map((text) => text.replace(/\/\*$/, '/a*')),
  ),
  'split by actions': (one) => one.Action?.map((action) => ({ ...one, Action: [action] })) ?? [one],
  'another condition': (one, other) => [withCondition(one, other.Condition)],
  'no condition': (one) => [withCondition(one, undefined)],
  'the other effect': (one) => [{ ...one, Effect: one.Effect === 'Allow' ? 'Deny' : 'Allow' }],
};

type Pair = {
  readonly grant: SessionPolicyInput;
  readonly after: readonly Statement[];
  readonly probes: readonly Call[];
};

const pairs: fc.Arbitrary<Pair> = unscoped
  .chain((grant) => {
    const { statements } = grant.entitlement;
    const change = fc.tuple(fc.constantFrom(...Object.keys(CHANGES)), statement);
    return fc
      .array(change, { minLength: statements.length, maxLength: statements.length })
      .map((changes) => ({
        grant,
        after: changes.flatMap(([name, other], index) => {
          const one = statements[index];
          return one === undefined ? [] : (CHANGES[name]?.(one, other) ?? []);
        }),
      }));
  })
  .chain(({ grant, after }) => {
    const { parameters, statements } = grant.entitlement;
    const both = { ...grant, entitlement: entitlementWith(parameters, [...statements, ...after]) };
    return fc
      .array(probesOf(both), { minLength: 8, maxLength: 8 })
      .map((probes) => ({ grant, after, probes }));
  });

const EFFECTS = ['Allow', 'Deny'] as const;

function asStatement({ effect, action, resource, condition }: Atom): Statement {
  const list = (side: Side, name: 'Action' | 'Resource') =>
    'in' in side ? { [name]: [side.in] } : { [`Not${name}`]: side.not };
  return {
    Effect: effect,
    ...list(action, 'Action'),
    ...list(resource, 'Resource'),
    ...(condition !== null && { Condition: condition }),
  };
}

test('what it says of a call is what changed for it', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(pairs, ({ grant, after, probes }) => {
      const before = grant.entitlement.statements;
      const { lost, gained } = compareStatements(before, after, grant.parameters);
      const rendered = (statements: readonly Statement[]) =>
        render({ ...grant, entitlement: { ...grant.entitlement, statements } });
      const [old, now] = [rendered(before), rendered(after)];
      const about = (differences: readonly Difference[], effect: Statement['Effect'], call: Call) =>
        differences.filter(({ atom }) => {
          const [one] = rendered([asStatement({ ...atom, condition: null })]);
          return atom.effect === effect && one !== undefined && applies(one, call);
        });
      for (const call of probes) {
        for (const effect of EFFECTS) {
          const does = (list: readonly Statement[]) =>
            list.some((one) => one.Effect === effect && applies(one, call));
          const [did, does2] = [does(old), does(now)];
          const said = { lost: about(lost, effect, call), gained: about(gained, effect, call) };
          if (did && !does2) expect(said.lost).not.toEqual([]);
          if (!did && does2) expect(said.gained).not.toEqual([]);
          if (said.lost.some(({ relation }) => relation === 'whole')) expect(does2).toBe(false);
          if (said.gained.some(({ relation }) => relation === 'whole')) expect(did).toBe(false);
          count(`${effect} ${did} → ${does2}`);
        }
      }
      for (const { relation, sure } of [...lost, ...gained]) count(`${relation} ${sure}`);
      if (changesOfStatements(before, after, grant.parameters).length === 0) count('no change');
    }),
    { numRuns: 700 },
  );
  for (const what of [
    'Allow true → true',
    'Allow true → false',
    'Allow false → true',
    'Deny true → false',
    'Deny false → true',
    'whole true',
    'condition true',
    'part true',
    'part false',
    'no change',
  ]) {
    expect([what, (seen.get(what) ?? 0) > 10]).toEqual([what, true]);
  }
});

/** Calls that a statement may apply to: its patterns, filled in, and what others leave out. */
function callsNear(one: Statement, others: readonly Statement[]): readonly Call[] {
  const filled = (patterns: readonly string[]) =>
    patterns.flatMap((pattern) =>
      ['zq7w', '', 'a'].map((text) => pattern.replaceAll('*', text).replaceAll('?', 'z')),
    );
  const actions = [...(one.Action ?? []), ...others.flatMap(({ NotAction = [] }) => NotAction)];
  const resources = [
    ...(one.Resource ?? []),
    ...others.flatMap(({ NotResource = [] }) => NotResource),
  ].map((text) => text.replaceAll('${aws:PrincipalTag/team}', 'red'));
  return [...filled(actions), 'zq7w:zq7w'].flatMap((action) =>
    [...filled(resources), 'arn:zq7w:zq7w:zq7w:zq7w:zq7w'].map((resource) => ({
      action,
      resource,
      now: 0,
      context: { 'aws:PrincipalTag/team': 'red' },
    })),
  );
}

test('what it is sure of happens to some call', () => {
  let sure = 0;
  fc.assert(
    fc.property(pairs, ({ grant, after }) => {
      const before = grant.entitlement.statements;
      const { lost, gained } = compareStatements(before, after, grant.parameters);
      const unconditional = (statements: readonly Statement[]) =>
        render({ ...grant, entitlement: { ...grant.entitlement, statements } }).map((one) =>
          withCondition(one, undefined),
        );
      const check = (differences: readonly Difference[], others: readonly Statement[]) => {
        for (const { atom, relation, ...difference } of differences) {
          if (relation !== 'part' || !difference.sure) continue;
          sure += 1;
          const [mine] = unconditional([asStatement(atom)]);
          const theirs = unconditional(others).filter(({ Effect }) => Effect === atom.effect);
          const found =
            mine !== undefined &&
            callsNear(mine, theirs).some(
              (call) => applies(mine, call) && !theirs.some((one) => applies(one, call)),
            );
          expect(found).toBe(true);
        }
      };
      check(lost, after);
      check(gained, before);
    }),
    { numRuns: 300 },
  );
  expect(sure).toBeGreaterThan(100);
});

test('a sentence that says "only" names everything that is free of its condition', () => {
  let judged = 0;
  fc.assert(
    fc.property(pairs, ({ grant, after }) => {
      const before = grant.entitlement.statements;
      for (const sentence of changesOfStatements(before, after, grant.parameters)) {
        const [, verb, what, names = ''] =
          /^now (allows|denies) (.+) only where \{.*?\}(?:, or where .*?)?(, but .*)?$/.exec(
            sentence,
          ) ?? [];
        if (verb === undefined || what === undefined || names.includes(' more')) continue;
        const effect = verb === 'allows' ? 'Allow' : 'Deny';
        const [actions = '', resources = ''] = what.split(' on ');
        const whole = {
          Effect: effect,
          Action: actions.split(', '),
          Resource: resources.split(', '),
        };
        if (/all but/.test(what)) continue;
        const said = atomsOf([whole as Statement]);
        const free = atomsOf(after).filter(
          (atom) =>
            atom.effect === effect &&
            atom.condition === null &&
            said.some((one) => touches(atom, one)),
        );
        for (const { action } of free) {
          judged += 1;
          expect(names).toContain(' without a condition');
          if ('in' in action) expect(names).toContain(action.in);
        }
      }
    }),
    { numRuns: 2000 },
  );
  expect(judged).toBeGreaterThan(5);
});
