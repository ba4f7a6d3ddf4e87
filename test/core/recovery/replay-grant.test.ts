import { describe, expect, test } from '@jest/globals';
import { type AuditEvent, brokerItself } from '../../../core/audit.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { type Grant, isOpen } from '../../../core/grant.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import { readEntry } from '../../../core/recovery/read-entry.ts';
import { type ReplayedGrant, replayGrant } from '../../../core/recovery/replay-grant.ts';
import type { TrailLine } from '../../../core/recovery/replayed.ts';
import { TIGHT } from '../../simulation/bundles.ts';
import { simulate } from '../../simulation/simulate.ts';
import { sampleOf } from '../../support/ocsf/one-of-each.ts';

const BUNDLES = new Map<string, Bundle>(
  [TIGHT.before, TIGHT.after].map((bundle) => [bundle.hash, bundle]),
);
const PORTS = {
  bundleOf: (hash: string) => BUNDLES.get(hash) ?? null,
  deployment: { account: '111122223333', region: 'eu-central-1' },
};
const LATER = Date.parse('2026-11-24T12:00:00Z');

function replay(restored: Grant | null, lines: readonly TrailLine[], now = LATER): ReplayedGrant {
  const random = (length: number) => new Uint8Array(length);
  return replayGrant(PORTS, restored, lines, { now, by: brokerItself('recovery'), random });
}

/** Events as the ledger has them, in the order of the trail. */
function entriesOf(events: readonly AuditEvent[], content: 'events' | 'digests' = 'events') {
  return events
    .toSorted((a, b) => a.at - b.at)
    .map((event) => {
      const read = readEntry(entryOf(event, content).bytes);
      if (!read.ok) throw new Error(read.error);
      return read.value as TrailLine;
    });
}

/** One grant's life: every state that its row had, and its trail. */
type Life = { readonly states: readonly Grant[]; readonly events: readonly AuditEvent[] };

async function livesOf(seed: number): Promise<readonly Life[]> {
  const { states, events } = await simulate(seed);
  return [...states].map(([id, own]) => ({
    states: own.map(inWholes),
    events: events.filter(({ grantId }) => grantId === id).map(inWholes),
  }));
}

/** The clock of the simulation has fractions of milliseconds. */
function inWholes<T>(value: T): T {
  const whole = (_: string, one: unknown) => (typeof one === 'number' ? Math.floor(one) : one);
  return JSON.parse(JSON.stringify(value, whole));
}

/**
 * What may differ: the times of an ending and of a review, which the trail has from the end of the call that decided
 * them; so the kill order begins and ends later. Credentials that were vended before an extension are taken for some
 * that were vended after it, and so to live longer. A kill order that was pruned may be there still: the sweep takes it
 * away. Votes have no facts, and those without facts do not count; a denied request may keep the start that it asked
 * for. The match code is in no trail: what waits for one is asked for again.
 */
const ONE_CALL = 120_000;
const ONE_SESSION = 3_630_000;

function differences(wanted: Grant, { grant, flaws }: ReplayedGrant): readonly string[] {
  if (grant === null) return ['it is lost'];
  const found: string[] = flaws.map((flaw) => `flaw: ${flaw}`);
  const same = (name: string, a: unknown, b: unknown) => {
    const [wants, has] = [canonicalJson(a ?? null), canonicalJson(b ?? null)];
    if (wants !== has) found.push(`${name}: ${has} instead of ${wants}`);
  };
  const notBefore = (name: string, a: number | null, b: number | null, most = ONE_CALL) => {
    const later = a === null ? b === null : b !== null && b >= a && b - a <= most;
    if (!later) found.push(`${name}: ${b} instead of ${a}`);
  };
  const pruned = wanted.kill === null && grant.kill !== null ? 1 : 0;
  const terms = ({ matchCode, ...approvals }: Grant['approvals']) => ({
    ...{ ...approvals, votes: null },
    matchCode: grant.approvals.matchCode?.hash === '' ? 'lost' : matchCode,
  });
  const exact = ({
    kill: _,
    keysValidUntil: ___,
    approvals,
    extension,
    review,
    endedAt: __,
    startsAt,
    ...rest
  }: Grant) => ({
    ...{ ...rest, startsAt: rest.status === 'denied' ? null : startsAt },
    version: rest.version + (rest.version < wanted.version ? pruned : 0),
    approvals: terms(approvals),
    extension: extension && { ...extension, approvals: terms(extension.approvals) },
    review: review && { ...review, at: null },
  });
  const [a, b] = [exact(wanted), exact(grant)];
  for (const name of Object.keys(a) as (keyof typeof a)[]) same(name, a[name], b[name]);
  notBefore('keysValidUntil', wanted.keysValidUntil, grant.keysValidUntil, ONE_SESSION);
  notBefore(
    'endedAt',
    wanted.endedAt,
    grant.endedAt,
    wanted.status === 'expired' ? ONE_SESSION : ONE_CALL,
  );
  notBefore('review.at', wanted.review?.at ?? null, grant.review?.at ?? null);
  if (wanted.kill !== null) {
    same('kill.roles', wanted.kill.roles, grant.kill?.roles);
    notBefore('kill.at', wanted.kill.at, grant.kill?.at ?? null);
    notBefore('kill.until', wanted.kill.until, grant.kill?.until ?? null);
  }
  if (wanted.kill === null && grant.kill !== null && grant.kill.until > LATER) {
    found.push('a deny that nothing needs');
  }
  const counted = ({ approvals, extension }: Grant) =>
    [...approvals.votes, ...(extension?.approvals.votes ?? [])]
      .filter(({ facts }) => facts !== null)
      .map(({ approver, vote }) => `${approver.id} ${vote}`);
  const extra = counted(grant).filter((vote) => !counted(wanted).includes(vote));
  if (extra.length > 0) found.push(`votes that nobody cast: ${extra}`);
  return found;
}

describe('real histories', () => {
  const SEEDS = Array.from(
    { length: Number(process.env['REPLAY_HISTORIES'] ?? 12) },
    (_, at) => 900 + at,
  );

  test.each(SEEDS)(
    'end as they ended, from every state they were restored to (seed %d)',
    async (seed) => {
      for (const { states, events } of await livesOf(seed)) {
        const wanted = states.at(-1) as Grant;
        const lines = entriesOf(events);
        for (const restored of [null, ...states]) {
          const done = replay(restored, lines);
          const from = restored === null ? 'nothing' : `version ${restored.version}`;
          expect([wanted.id, from, differences(wanted, done)]).toEqual([wanted.id, from, []]);
          expect(replay(done.grant, lines)).toEqual({ ...done, events: [] });
          const since = restored?.version ?? 0;
          const news = lines.filter(
            (line) =>
              line.type === 'vended' ||
              ('grantVersion' in line && (line.grantVersion ?? 0) > since),
          );
          expect(replay(restored, news).grant).toEqual(done.grant);
        }
      }
    },
  );

  test('are the same with what was found out after their end', async () => {
    for (const { states, events } of await livesOf(900)) {
      const { grantId, status, grantVersion = 0, at } = events.at(-1) as AuditEvent;
      const found = {
        ...{ ...sampleOf('usage-read'), grantId, status, grantVersion },
        at: at + 3_600_000,
      };
      const [plain, told] = [entriesOf(events), entriesOf([...events, found])];
      for (const restored of [null, ...states]) {
        expect(replay(restored, told)).toEqual(replay(restored, plain));
      }
      const digest = { ...found, sha256: 'ab' } as TrailLine;
      expect(replay(null, [...plain, digest])).toEqual(replay(null, plain));
    }
  });

  test.each(SEEDS.slice(0, 3))(
    'never come back open where they had ended (seed %d)',
    async (seed) => {
      for (const { states, events } of await livesOf(seed)) {
        const lines = entriesOf(events);
        for (let length = 0; length <= lines.length; length += 1) {
          const { grant, events: own } = replay(null, lines.slice(0, length));
          if (grant === null) continue;
          // What replay did by itself made a version of its own.
          const before = grant.version - own.length;
          const state = states.findLast(({ version }) => version === before);
          if (state !== undefined)
            expect([isOpen(grant), isOpen(state)]).not.toEqual([true, false]);
        }
      }
    },
  );
});

describe('what does not fit ends the grant', () => {
  async function active() {
    for (let seed = 900; seed < 990; seed += 1) {
      for (const { states, events } of await livesOf(seed)) {
        const at = states.findIndex(
          ({ status, keysValidUntil }) => status === 'active' && keysValidUntil !== null,
        );
        const grant = states[at];
        if (grant === undefined || grant.version !== 1) continue;
        return {
          grant,
          lines: entriesOf(events.filter(({ grantVersion }) => grantVersion === 1)),
          now: grant.createdAt + 1000,
        };
      }
    }
    throw new Error('no history has one');
  }
  const ended = { status: 'revoking', endReason: expect.stringMatching(/^recovery: /) };
  const changed = (lines: readonly TrailLine[], change: object, of = 'requested') =>
    lines.map((line) => (line.type === of ? { ...line, ...change } : line));

  test('a request of an earlier version, which says no scope', async () => {
    const { lines, now } = await active();
    const { grant, events, flaws } = replay(null, changed(lines, { scope: undefined }), now);
    expect(grant).toMatchObject(ended);
    expect(events).toMatchObject([{ type: 'revoking', grantVersion: 2 }]);
    expect(flaws).toHaveLength(1);
  });

  test('a scope comes back as it was', async () => {
    const { lines } = await active();
    const scope = { actions: ['s3:GetObject'] };
    expect(replay(null, changed(lines, { scope })).grant).toMatchObject({
      status: 'active',
      scope,
    });
  });

  test('with its time, where that was up meanwhile', async () => {
    const { lines } = await active();
    expect(replay(null, changed(lines, { scope: undefined })).grant).toMatchObject({
      status: 'expired',
    });
  });

  test('keys that may be alive are denied', async () => {
    const { grant, lines } = await active();
    const done = replay(
      null,
      changed(lines, { scope: undefined }),
      (grant.keysValidUntil ?? 0) - 1000,
    );
    expect(done.grant).toMatchObject({ status: 'revoking', kill: { roles: expect.anything() } });
  });

  test('another status than the event says, and a version that is missing', async () => {
    const { lines, now } = await active();
    expect(replay(null, changed(lines, { status: 'pending' }), now).grant).toMatchObject(ended);
    const started = { ...lines[0], type: 'started', id: 'ev_s', grantVersion: 3 } as TrailLine;
    expect(replay(null, [...lines, started], now).grant).toMatchObject({ ...ended, version: 4 });
  });

  test('a digest, but for one of a vend', async () => {
    const { grant, lines, now } = await active();
    const digest = { id: 'ev_d', grantId: grant.id, at: grant.createdAt + 60_000, sha256: 'ab' };
    expect(replay(grant, [...lines, { ...digest, type: 'extended' }], now).grant).toMatchObject(
      ended,
    );
    const vended = replay(grant, [...lines, { ...digest, type: 'vended' }], now);
    expect(vended).toMatchObject({ grant: { status: 'active' }, flaws: [] });
  });

  test('nothing comes back of which nobody knows the request or the bundle', async () => {
    const { lines } = await active();
    expect(replay(null, lines.slice(1))).toMatchObject({ grant: null, events: [] });
    const bundle = {
      ...(lines[0] as Extract<AuditEvent, { type: 'requested' }>).decision,
      bundle: 'sha256:0',
    };
    const lost = replay(null, changed(lines, { decision: bundle }));
    expect(lost).toMatchObject({ grant: null, flaws: [expect.stringContaining('sha256:0')] });
  });
});
