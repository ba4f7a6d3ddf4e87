import { describe, expect, test } from '@jest/globals';
import { type UsedGrant, usageSignals } from '../../../core/usage/usage-signals.ts';
import {
  BEGIN,
  CHAINED,
  END,
  GRANT,
  record,
  refused,
  SECOND,
  usageOf,
  wantedGrant,
} from './usage-world.ts';

const ANA = { type: 'User', id: 'people:ana', name: 'ana@acme.example' } as const;
const grantOf = (changes: Partial<UsedGrant> = {}): UsedGrant => ({
  ...{ ...wantedGrant(), requester: ANA, ...changes },
});
const signals = (
  records: Parameters<typeof usageOf>[0],
  changes: Partial<UsedGrant> = {},
  earlier: Parameters<typeof usageSignals>[2] = [],
) => usageSignals(usageOf(records), grantOf(changes), earlier);
const kinds = (...from: Parameters<typeof signals>) => signals(...from).map(({ kind }) => kind);
const from = (sourceIp: string) => record({ sourceIp });

test('nothing is unusual about calls from where keys were vended', () => {
  expect(kinds([record(), refused('s3:PutObject')])).toEqual([]);
  expect(kinds([])).toEqual([]);
});

describe('keys elsewhere', () => {
  test('are called from another network than those of the request and the vends', () => {
    expect(signals([record(), from('198.51.100.1'), from('198.51.100.2')])).toEqual([
      {
        ...{ kind: 'keys-elsewhere', count: 2 },
        story: [
          {
            ...{ at: '2026-11-25T10:10:00Z', what: '2 calls', grant: GRANT },
            ...{ from: '198.51.100.0/24', why: 'requested and vended in 192.0.2.0/24' },
          },
        ],
      },
    ]);
  });

  test('tell the ten networks with most calls', () => {
    const [signal] = signals([...Array(15).keys()].map((index) => from(`198.51.${index}.1`)));
    expect(signal).toMatchObject({ kind: 'keys-elsewhere', count: 15 });
    expect(signal?.story).toHaveLength(10);
  });

  test('are not those of another family of addresses, of AWS, or of a further vend', () => {
    const home = ['192.0.2.0/24', '198.51.100.0/24'];
    expect(kinds([from('2001:db8::1')])).toEqual([]);
    expect(kinds([from('AWS Internal'), from('athena.amazonaws.com')])).toEqual([]);
    for (const host of ['x198.51.100.1', '198.51.100.1.example', 'h2001:db8::1', '2001:db8::1h']) {
      const usage = usageOf([from(host)]);
      expect([host, usage.traits.networks]).toEqual([host, []]);
    }
    expect(kinds([from('198.51.100.1')], { networks: home })).toEqual([]);
    expect(kinds([from('203.0.113.1')], { networks: home })).toEqual(['keys-elsewhere']);
    const families = ['192.0.2.0/24', '2001:db8:0::/48'];
    expect(kinds([from('203.0.113.1')], { networks: families })).toEqual(['keys-elsewhere']);
    expect(kinds([from('2001:db8::1')], { networks: families })).toEqual([]);
  });

  test('are not those of jobs, whose runners come from everywhere', () => {
    const requester = { ...ANA, type: 'Workload' } as const;
    expect(kinds([from('198.51.100.1')], { requester })).toEqual([]);
  });
});

describe('keys after the end', () => {
  test('are called without being refused, more than a minute after it', () => {
    const late = END + 60 * SECOND;
    const found = signals([
      record({ at: END + SECOND }),
      record({ at: late }),
      refused('s3:GetObject', { at: late + 5 * SECOND }),
    ]);
    expect(found).toMatchObject([
      {
        ...{ kind: 'keys-after-end', count: 1 },
        story: [
          {
            ...{ at: '2026-11-25T11:01:00Z', what: '1 call that was not refused' },
            why: 'the grant ended at 2026-11-25T11:00:00Z',
          },
        ],
      },
    ]);
  });

  test('are told with the time of the last of them', () => {
    const at = [70, 90, 80].map((seconds) => END + seconds * SECOND);
    expect(signals(at.map((one) => record({ at: one })))).toMatchObject([
      {
        count: 3,
        story: [{ at: '2026-11-25T11:01:30Z', what: '3 calls that were not refused' }],
      },
    ]);
  });

  test('are not those that were refused, or that the deny had not reached', () => {
    expect(kinds([refused('s3:GetObject', { at: END + 500 * SECOND })])).toEqual([]);
    expect(kinds([record({ at: END + 59 * SECOND })])).toEqual([]);
    expect(kinds([record({ at: END - 1 })])).toEqual([]);
  });
});

describe('keys chained', () => {
  test('are called in a role that is none of the grant', () => {
    const rogue = 'arn:aws:iam::444455556666:role/rogue';
    expect(signals([record({ role: rogue }), record({ role: CHAINED })])).toMatchObject([
      {
        ...{ kind: 'keys-chained', count: 1 },
        story: [{ what: `1 call in ${rogue}`, why: 'not a role of the grant' }],
      },
    ]);
  });

  test('are not those in the chained roles of the grant', () => {
    expect(kinds([record({ role: CHAINED }), record({ role: null })])).toEqual([]);
  });
});

describe('keys of a new agent', () => {
  const earlier = [1, 2, 3].map(() => usageOf([record()]));
  const strange = [record({ userAgent: 'curl/8.5' }), record()];

  test('are called by a family that no earlier grant saw', () => {
    expect(signals(strange, {}, earlier)).toMatchObject([
      {
        ...{ kind: 'keys-new-agent', count: 1 },
        story: [{ what: '1 call by curl', why: 'in 3 earlier grants: aws-cli' }],
      },
    ]);
  });

  test('are told with all families of the habit', () => {
    const both = usageOf([record(), record({ userAgent: 'Boto3/1.40 md/x' })]);
    const [signal] = signals(strange, {}, [...earlier, both]);
    expect(signal?.story).toMatchObject([{ why: 'in 4 earlier grants: Boto3, aws-cli' }]);
  });

  test('are not those of another version', () => {
    expect(kinds([record({ userAgent: 'aws-cli/9' })], {}, earlier)).toEqual([]);
  });

  test('are not told with fewer than three earlier grants that were used, or where one is cut off', () => {
    const idle = usageOf([]);
    expect(kinds(strange, {}, earlier.slice(1))).toEqual([]);
    expect(kinds(strange, {}, [...earlier.slice(1), idle])).toEqual([]);
    const leftOut = { actions: 0, unmapped: 0, networks: 0, agents: 1, chained: 0 };
    expect(kinds(strange, {}, [...earlier, { ...idle, ...earlier[0], leftOut } as never])).toEqual(
      [],
    );
  });
});

describe('keys refused in a burst', () => {
  const burst = (length: number, at: number) =>
    Array.from({ length }, (_, index) => refused('s3:PutObject', { at: at + index * SECOND }));

  test('are refused ten times within five minutes', () => {
    expect(signals(burst(10, BEGIN))).toMatchObject([
      {
        kind: 'keys-refused-burst',
        count: 10,
        story: [{ what: '10 calls refused', why: 'within five minutes' }],
      },
    ]);
    expect(kinds(burst(9, BEGIN))).toEqual([]);
  });

  test('are not those that the deny at the end refused', () => {
    expect(kinds(burst(50, END))).toEqual([]);
  });
});
