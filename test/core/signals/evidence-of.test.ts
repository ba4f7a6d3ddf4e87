import { describe, expect, test } from '@jest/globals';
import type { PrincipalEvent, SignalStep } from '../../../core/audit.ts';
import type { Grant } from '../../../core/grant.ts';
import { formatInstant } from '../../../core/instant.ts';
import type { Observed } from '../../../core/observing/read-observed.ts';
import { err, ok } from '../../../core/result.ts';
import { type EvidencePorts, evidenceOf } from '../../../core/signals/evidence-of.ts';
import { raiseSignals } from '../../../core/signals/raise-signals.ts';
import type { Ended } from '../../../core/signals/signal-store.ts';
import type { ObservedKind } from '../../../core/signals/suspicions.ts';
import type { CastVote } from '../../../core/voter-signals.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const EVE = { type: 'User', id: 'people:eve', name: 'eve' } as const;
const FROM = '192.0.2.7';

type Facts = {
  readonly ended?: readonly Ended[];
  readonly refused?: readonly PrincipalEvent[];
  readonly votes?: readonly CastVote[];
  readonly grants?: Readonly<Record<string, Grant>>;
};

/** What the store holds about Eve, as it is: reads of a span are the adapter's. */
function portsOf({ ended = [], refused = [], votes = [], grants = {} }: Facts): EvidencePorts {
  const before = { at: NOW - 1000, network: '198.51.100.0/24' };
  return {
    store: {
      find: async (id) => ok(grants[id] ?? null),
      signalPast: async (_, { entitlements: [entitlement = ''] }) =>
        ok({ denied: [], lapsed: [], cancelled: [], begun: { [entitlement]: [before] } }),
      votesOf: async () => ok(votes),
    },
    signals: { ended: async () => ok(ended), refused: async () => ok(refused) },
  };
}

function refusal(at: number, call: string, problem: string): PrincipalEvent {
  return {
    ...{ id: `ev_${at}`, principalId: EVE.id, type: 'principal-refused', at, actor: EVE },
    ...{ requestId: 'r', sourceIp: FROM, call, problem, reason: 'Policy says no.' },
  };
}

const REFUSED = refusal(NOW, 'POST /v1/grants', 'denied');
const OBSERVED: Observed = { event: REFUSED, grant: null };

async function told(ports: EvidencePorts, kind: ObservedKind, observed = OBSERVED) {
  const evidence = await evidenceOf(ports, observed, { kind, principal: EVE });
  if (!evidence.ok) throw new Error('not found');
  const story: readonly SignalStep[] = await evidence.value.story();
  return { count: evidence.value.count, story };
}

describe('what counts', () => {
  test('are denials among the refused calls, and calls of administrators among these', async () => {
    const refused = [
      refusal(NOW, 'POST /v1/grants', 'denied'),
      refusal(NOW, 'POST /v1/grants', 'limited'),
      refusal(NOW, 'POST /v1/principals/x/suspend', 'forbidden'),
      refusal(NOW, 'POST /v1/principals/x/suspend', 'limited'),
    ];
    expect(await told(portsOf({ refused }), 'many-denials')).toMatchObject({ count: 2 });
    expect(await told(portsOf({ refused }), 'refused-administration')).toMatchObject({ count: 1 });
  });

  test('are votes from the beginning of the time on, each with its pause', async () => {
    const vote = (at: number) => ({
      ...({ grantId: 'gr_1', requester: 'people:ana', vote: 'approve' } as const),
      ...{ at, requestedAt: at - 4000 },
    });
    const votes = [vote(NOW - 300_001), vote(NOW), vote(NOW - 300_000)];
    expect(await told(portsOf({ votes }), 'approver-burst')).toEqual({
      count: 2,
      story: [NOW - 300_000, NOW].map((at) => ({
        ...{ at: formatInstant(at), what: 'approve for people:ana', grant: 'gr_1', from: null },
        why: 'after 4 seconds',
      })),
    });
  });

  test('is the request from a new network, which is the story', async () => {
    const grant = activeGrant({ sourceIp: FROM, requester: EVE, parameters: { prefix: 'a' } });
    const observed = { event: REFUSED, grant, breaksGlass: false } as unknown as Observed;
    expect(await told(portsOf({}), 'new-network', observed)).toEqual({
      count: 1,
      story: [
        {
          ...{ at: formatInstant(grant.createdAt), what: 'artifacts-read {"prefix":"a"}' },
          ...{ grant: grant.id, from: FROM, why: 'active' },
        },
      ],
    });
  });

  test('is no new network where there is no request', async () => {
    expect(await told(portsOf({}), 'new-network')).toStrictEqual({ count: 0, story: [] });
  });
});

describe('a story', () => {
  const many = Array.from({ length: 12 }, (_, index) => index);

  test('tells of the latest ten requests, in the order of time, and reads no others', async () => {
    const read: string[] = [];
    const ended = many.map((index) => ({ at: NOW + index, grantId: `gr_${index}` }));
    const ports = portsOf({ ended });
    const find: typeof ports.store.find = async (id) => {
      read.push(id);
      return ok(activeGrant({ id }));
    };
    const { count, story } = await told(
      { ...ports, store: { ...ports.store, find } },
      'many-denials',
    );
    const latest = many.slice(2).map((index) => `gr_${index}`);
    expect(count).toBe(12);
    expect(story.map(({ grant }) => grant)).toEqual(latest);
    expect(read.toSorted()).toEqual(latest.toSorted());
  });

  test('tells of the latest ten calls, in the order of time', async () => {
    const refused = many.map((index) => refusal(NOW + index, `POST /v1/${index}`, 'denied'));
    const { story } = await told(portsOf({ refused: refused.toReversed() }), 'many-denials');
    expect(story.map(({ what }) => what)).toEqual(
      many.slice(2).map((index) => `POST /v1/${index}`),
    );
  });

  test.each([
    ['that is gone', ok(null)],
    ['that cannot be read', err(NO_STORE)],
  ])('names a request %s', async (_, found) => {
    const ports = portsOf({ ended: [{ at: NOW, grantId: 'gr_1' }] });
    const store = { ...ports.store, find: async () => found };
    const { story } = await told({ ...ports, store }, 'many-lapses');
    expect(story).toEqual([
      {
        ...{ at: formatInstant(NOW), what: 'a request', grant: 'gr_1', from: null },
        why: 'could not be read',
      },
    ]);
  });

  const by = (policies: readonly string[]) =>
    ({ outcome: 'deny', policies, advice: [], bundle: 'b' }) as const;
  test.each<[string, Partial<Grant>]>([
    ['no policy permits it', { status: 'denied', endReason: 'policy', decision: by([]) }],
    ['policy: a, b', { status: 'denied', endReason: 'policy', decision: by(['a', 'b']) }],
    ['not now', { status: 'denied', endReason: 'not now', decision: by(['a']) }],
    ['policy', { status: 'lapsed', endReason: 'policy', decision: by(['a']) }],
    ['lapsed', { status: 'lapsed', endReason: null, decision: by(['a']) }],
  ])('says why: %s', async (why, changes) => {
    const grants = { gr_1: activeGrant({ id: 'gr_1', ...changes }) };
    const ports = portsOf({ ended: [{ at: NOW, grantId: 'gr_1' }], grants });
    expect(await told(ports, 'many-denials')).toMatchObject({ story: [{ why }] });
  });
});

test.each([
  'many-denials',
  'many-lapses',
  'refused-administration',
  'new-network',
  'fast-votes',
] as const)('a read that fails is not taken for a quiet principal: %s', async (kind) => {
  const grant = kind === 'new-network' ? activeGrant() : null;
  const observed = { ...OBSERVED, grant } as Observed;
  const look = (ports: EvidencePorts) => evidenceOf(ports, observed, { kind, principal: EVE });
  expect(await unheardFailures(() => portsOf({}), look)).toEqual([]);
});

test('a signal that cannot be written fails the batch, which comes again', async () => {
  const refused = refusal(NOW, 'POST /v1/principals/x/suspend', 'forbidden');
  const ports = portsOf({ refused: [refused] });
  const signals = { ...ports.signals, raise: async () => err(NO_STORE) };
  const random = (length: number) => new Uint8Array(length);
  const raised = raiseSignals({ ...ports, signals, random }, [{ event: refused, grant: null }]);
  expect(await raised).toEqual(err(NO_STORE));
});
