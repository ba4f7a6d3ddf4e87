import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { begun, inForce, type Quarantine, released } from '../../core/quarantine.ts';
import { mayBeQuarantined, unlessQuarantined } from '../../core/read-quarantine.ts';
import { err, ok } from '../../core/result.ts';
import { IN_FORCE } from '../support/quarantine.ts';

const AT = Date.parse('2026-11-23T09:00:00Z');
const ORDER: Omit<Quarantine, 'release'> = {
  ...{ revision: 'ev_1', cause: 'order', at: AT, reason: 'a token was stolen' },
  by: { type: 'User', id: 'people:ada', name: 'ada@acme.example' },
};

function asking(id: string, marks: readonly string[] = []) {
  const by = { type: 'User', id: `people:${id}`, name: id } as const;
  return { revision: `ev_${id}`, by, marks: [by.id, ...marks], at: AT + 1000 };
}

test('one person alone never ends a quarantine, whatever they try and however often', () => {
  const step = fc.constantFrom('ask', 'order') as fc.Arbitrary<'ask' | 'order'>;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let standing = begun(null, ORDER) as Quarantine;
      for (const what of steps) {
        if (what === 'order')
          standing = begun(standing, { ...ORDER, revision: 'ev_2' }) ?? standing;
        const done = what === 'ask' ? released(standing, asking('ada')) : null;
        expect(done?.kind).not.toBe('ended');
        if (done?.kind === 'asked') standing = done.quarantine;
      }
    }),
  );
});

test('the second person who asks ends it', () => {
  const standing = begun(null, ORDER) as Quarantine;
  const asked = released(standing, asking('ada'));
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  expect(released(asked.quarantine, asking('ben'))).toEqual({ kind: 'ended' });
});

test('another account of the same person does not', () => {
  const standing = begun(null, ORDER) as Quarantine;
  const asked = released(standing, asking('ada', ['employee=7']));
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  const again = released(asked.quarantine, asking('ada-admin', ['employee=7']));
  expect(again).toEqual({ kind: 'unchanged' });
});

test('an order while it stands takes back that somebody asked to end it, and keeps who began it', () => {
  const standing = begun(null, ORDER) as Quarantine;
  expect(begun(standing, { ...ORDER, revision: 'ev_2' })).toBeNull();
  const asked = released(standing, asking('ada'));
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  const by = { type: 'User', id: 'people:ben', name: 'ben' } as const;
  const again = begun(asked.quarantine, { ...ORDER, revision: 'ev_2', by, at: AT + 5000 });
  expect(again).toEqual({ ...ORDER, revision: 'ev_2', release: null });
});

describe('what is in force', () => {
  test('is nothing without a record and without the flag of the deployment', () => {
    expect(inForce(null, false)).toBeNull();
  });

  test('is a recovery with the flag, also before there is a record', () => {
    const expected = { cause: 'recovery', at: null, by: 'broker', deployed: true };
    expect(inForce(null, true)).toMatchObject(expected);
  });

  test('is the record, with and without the flag', () => {
    const record = begun(null, ORDER);
    expect(inForce(record, false)).toMatchObject({ at: AT, deployed: false });
    expect(inForce(record, true)).toMatchObject({ at: AT, deployed: true });
  });
});

test('a read that fails refuses what gives, and takes nothing back', async () => {
  const failed = { code: 'unavailable', what: 'store' } as const;
  const ports = { quarantine: async () => err(failed) };
  expect(await unlessQuarantined(ports)).toEqual(err(failed));
  expect(await mayBeQuarantined(ports)).toBe(true);
});

test('a quarantine refuses with what is in force', async () => {
  const ports = { quarantine: async () => ok(IN_FORCE) };
  const refusal = { code: 'quarantined', quarantine: IN_FORCE };
  expect(await unlessQuarantined(ports)).toEqual(err(refusal));
  expect(await mayBeQuarantined({ quarantine: async () => ok(null) })).toBe(false);
});
