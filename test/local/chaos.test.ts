import { expect, test } from '@jest/globals';
import { Chance } from '../../local/chaos/chance.ts';
import { History } from '../../local/chaos/history.ts';
import { Known } from '../../local/chaos/known.ts';
import { chaosOptions } from '../../local/chaos/options.ts';
import { faultsOf } from '../../local/faults/all.ts';
import type { Deployed } from '../../local/faults/deployed.ts';

/** What the chaos run concludes from answers, and that it leaves no Lambda out. */

const OWNER = { sub: 'asker-1', groups: ['platform'] };
const KEYS = { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't' };
const END = Date.parse('2026-11-27T12:00:00Z');

function seen() {
  const history = new History();
  const known = new Known(history);
  const see = (status: string, begun: number) => {
    const body = {
      id: 'gr_1',
      status,
      entitlement: 'artifacts-read',
      expiresAt: '2026-11-27T12:00:00Z',
    };
    const answer = { status: 200, body, begun, ended: begun + 10 };
    return { answer, grant: known.see(OWNER, body, answer) };
  };
  const rules = (): readonly string[] => [...history.violations.keys()];
  return { history, known, see, rules };
}

test('keys that were asked for after an answered end are a violation, and those under way are not', () => {
  const { known, see, rules } = seen();
  const { answer, grant } = see('active', 1000);
  grant.endedAt = 2000;
  known.vended(grant, KEYS, { ...answer, begun: 1999 });
  expect(rules()).toEqual([]);
  known.vended(grant, KEYS, { ...answer, begun: 2001 });
  expect(rules()).toEqual(['gr_1 asker-1: keys were vended after it had been ended']);
});

test('keys for a suspended person are a violation', () => {
  const { known, see, rules } = seen();
  const { answer, grant } = see('active', 1000);
  known.suspended.set(OWNER.sub, 2000);
  known.vended(grant, KEYS, { ...answer, begun: 2001 });
  expect(rules()).toEqual(['gr_1 asker-1: keys were vended to asker-1, suspended']);
});

test('a grant whose keys were said to be dead never comes back', () => {
  const { history, see, rules } = seen();
  see('revoked', 1000);
  see('revoking', 1005);
  expect(rules()).toEqual([]);
  see('active', 2000);
  expect(rules()).toEqual(['gr_1: it was revoking, and is active']);
  expect([...history.violations.values()].join()).toContain('gr_1 is seen revoking');
});

test('what was ended or has expired is overdue until an answer says that its keys are dead', () => {
  const { known, see } = seen();
  const { grant } = see('active', 1000);
  const overdue = (at: number) => known.overdue(at).map(({ id }) => id);
  expect([overdue(END), overdue(END + 1)]).toEqual([[], ['gr_1']]);
  grant.endedAt = 5000;
  expect([overdue(5000), overdue(5001)]).toEqual([[], ['gr_1']]);
  see('revoked', 6000);
  expect(overdue(END + 1)).toEqual([]);
});

test('a seed repeats the same chance', () => {
  const drawn = (seed: number) => {
    const chance = new Chance(seed);
    return Array.from({ length: 20 }, () => chance.between(1, 6));
  };
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
  expect(new Set(drawn(7)).size).toBeGreaterThan(3);
});

test('every deployed Lambda is throttled, made to throw, and gets a clock that is off both ways', () => {
  const lambda = (name: string): Deployed => ({
    ...{ name, functionName: `ValetKey-${name}`, roleName: name },
    environment: { TABLE_NAME: 'table' },
  });
  const names = faultsOf(['kill', 'one-of-tomorrow'].map(lambda))
    .flat()
    .map(({ name }) => name);
  for (const name of ['kill', 'one-of-tomorrow']) {
    const own = names.filter((fault) => fault.startsWith(`${name} `));
    expect(own).toHaveLength(5);
  }
});

test('a command line without sense is refused', () => {
  expect(() => chaosOptions(['--minutes', 'ten'])).toThrow(
    '--minutes is ten; give a number above 0.',
  );
  expect(() => chaosOptions(['--seed', '0'])).toThrow('--seed is 0');
  expect(chaosOptions(['--minutes', '1.5', '--seed', '7'])).toEqual({
    minutes: 1.5,
    seed: 7,
    state: null,
  });
});
