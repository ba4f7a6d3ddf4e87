import { describe, expect, test } from '@jest/globals';
import type { DeniedGrant } from '../../../core/kill/deny-policy.ts';
import { NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { openCheckpoint } from '../../../core/ledger/checkpoint.ts';
import type { Tree } from '../../../core/ledger/merkle.ts';
import { EMPTY_TAIL, grow, treeOf } from '../../../core/ledger/tail.ts';
import type { RestoredItem } from '../../../core/recovery/survey.ts';
import type { FoundTable } from '../../../core/recovery/table-settings.ts';
import {
  messageOf,
  type ValidationPorts,
  validateRestore,
} from '../../../core/recovery/validate-restore.ts';
import { err, ok } from '../../../core/result.ts';
import { entriesOf, ledgerOf, newSigner, signedAt } from '../../support/test-ledger.ts';

const NOW = Date.parse('2026-11-29T07:00:00Z');
const ROLE = 'arn:aws:iam::111111111111:role/valetkey/reports';
const UNAVAILABLE = { code: 'unavailable', what: 'store' } as const;

const TABLE: FoundTable = {
  ...{ name: 'awsbackup-restore-test-1', arn: '', status: 'ACTIVE', stream: null, streamArn: null },
  ...{ timeToLive: null, pointInTimeRecovery: false, deletionProtection: false },
  keyArn: 'arn:aws:kms:eu-central-1:222222222222:key/1',
  indexes: ['byRequester', 'byDue', 'byStatusShard'],
  restoredTo: NOW,
};

const SIGNER = newSigner();
const ENTRIES = entriesOf(700);
const FILES = ledgerOf(ENTRIES, SIGNER, [300]);
const treeAt = (size: number, reason?: string): Tree =>
  treeOf(grow(EMPTY_TAIL, reason === undefined ? ENTRIES.slice(0, size) : other(size)).tail);
const other = (size: number) => ENTRIES.slice(1, size + 1);
const checkpoint = openCheckpoint(signedAt(ENTRIES, SIGNER), SIGNER.key);

const DENY: DeniedGrant = {
  ...{ grantId: 'gr_1qm8vwt2p0c6yh8ttf4e', at: NOW - 60_000, until: NOW + 600_000 },
  ...{ principalKey: 'ana-343pcddht9bsnagv', begins: false },
};
const deny = (changes: Partial<DeniedGrant> = {}): RestoredItem => ({
  ...{ kind: 'deny', role: ROLE, deny: { ...DENY, ...changes } },
});

const DAMAGED: RestoredItem = { kind: 'damaged', what: 'an item of the kind grant' };

/** What the table has in every test, unless it says otherwise. */
const ITEMS: readonly RestoredItem[] = [
  ...([{ kind: 'grant' }, { kind: 'event' }, { kind: 'event' }, { kind: 'suspension' }] as const),
  ...Array.from({ length: 300 }, () => ({ kind: 'place' }) as const),
  { kind: 'head', tree: treeAt(300) },
];

function ports(items: readonly RestoredItem[], changes: Partial<ValidationPorts> = {}) {
  const own: ValidationPorts = {
    table: async () => TABLE,
    scan: async (visit) => {
      for (const item of items) visit(item);
      return true;
    },
    checkpoint: async () => ok(checkpoint.ok ? checkpoint.value : null),
    readFile: async (path) => ok(FILES.get(path) ?? null),
    kills: {
      denied: async () => ok([]),
      readSwitch: async () =>
        ok({ confirmed: NOTHING_DENIED, writes: 0, wroteAt: 0, leased: false }),
    },
    clock: () => NOW,
  };
  return { ...own, ...changes };
}

const findings = async (items: readonly RestoredItem[], changes?: Partial<ValidationPorts>) => {
  const done = await validateRestore(ports(items, changes));
  return done.ok ? done.value.findings : done.error;
};
const without = (kind: RestoredItem['kind']) => ITEMS.filter((item) => item.kind !== kind);

test('a whole table whose ledger is the beginning of the signed one is good', async () => {
  const done = await validateRestore(ports(ITEMS));
  expect(done).toMatchObject({ ok: true, value: { findings: [] } });
  expect(done.ok && messageOf(done.value)).toBe(
    '1 grants, 2 events, 1 suspensions, 300 entries of the ledger',
  );
});

describe('a table is not good', () => {
  test.each<[string, readonly RestoredItem[], string]>([
    ['that is empty', [], 'it is empty'],
    [
      'with keys that nobody writes',
      [...ITEMS, { kind: 'unknown', what: 'the key X#… Y' }],
      'no version of the broker writes the key X#… Y (1 items)',
    ],
    [
      'with items that cannot be read',
      [...ITEMS, ...Array.from({ length: 3 }, () => DAMAGED)],
      'an item of the kind grant is damaged (3 items)',
    ],
    ['with more grants than events', without('event'), 'it has 1 grants and only 0 events'],
    [
      'without the head of the ledger',
      without('head'),
      'it knows nothing of the ledger, which has 700 entries',
    ],
    [
      'whose ledger has other entries than the signed one',
      [...without('head'), { kind: 'head', tree: treeAt(300, 'other') }],
      'its ledger of 300 entries is not the beginning of the signed one',
    ],
    [
      'that denies what nobody denies any more',
      [...ITEMS, deny()],
      `1 grants that it denies on ${ROLE} are not`,
    ],
  ])('%s', async (_, items, finding) => {
    expect(await findings(items)).toContain(finding);
  });

  test('that knows more of the ledger than was ever signed', async () => {
    const earlier = openCheckpoint(signedAt(entriesOf(200), SIGNER), SIGNER.key);
    const signed = { checkpoint: async () => ok(earlier.ok ? earlier.value : null) };
    expect(await findings(ITEMS, signed)).toEqual([
      'its ledger has 300 entries, and the newest checkpoint 200',
    ]);
    expect(await findings(ITEMS, { checkpoint: async () => ok(null) })).toEqual([
      'nobody has signed the ledger it knows',
    ]);
    const foreign = { checkpoint: async () => err({ code: 'not-signed' } as const) };
    expect(await findings(ITEMS, foreign)).toEqual([
      'the newest checkpoint is not signed with the key of the ledger',
    ]);
  });

  test('with far fewer entries of the ledger than its head says', async () => {
    const long = entriesOf(1500);
    const files = ledgerOf(long, SIGNER);
    const opened = openCheckpoint(signedAt(long, SIGNER), SIGNER.key);
    const head: RestoredItem = { kind: 'head', tree: treeOf(grow(EMPTY_TAIL, long).tail) };
    const places = Array.from({ length: 499 }, () => ({ kind: 'place' }) as const);
    const few = await findings([...places, head], {
      checkpoint: async () => ok(opened.ok ? opened.value : null),
      readFile: async (path) => ok(files.get(path) ?? null),
    });
    expect(few).toEqual(['its ledger has 1500 entries, and only 499 have a place']);
  });

  test('whose ledger cannot be compared, because a tile is gone', async () => {
    expect(await findings(ITEMS, { readFile: async () => ok(null) })).toEqual([
      expect.stringMatching(/^the file tile\/\S+ of the ledger is missing$/),
    ]);
  });

  test('that was not read to its end', async () => {
    const slow = { scan: async () => false };
    expect(await findings([], slow)).toContain('it was not read to its end: the time was over');
  });

  test('that has the wrong key, or lacks an index', async () => {
    const table = async () => ({ ...TABLE, keyArn: null, indexes: ['byDue'] });
    expect(await findings(ITEMS, { table })).toHaveLength(2);
  });
});

describe('a deny of the table is kept', () => {
  const kept = (kills: Partial<ValidationPorts['kills']>) =>
    findings([...ITEMS, deny()], { kills: { ...ports([]).kills, ...kills } });

  test('where the policy of the role has it', async () => {
    const confirmed = { ...NOTHING_DENIED, patterns: [DENY.grantId] };
    const readSwitch = async () => ok({ confirmed, writes: 1, wroteAt: NOW, leased: false });
    expect(await kept({ readSwitch })).toEqual([]);
  });

  test('where the broker has it in a row that lasts as long', async () => {
    expect(await kept({ denied: async () => ok([DENY]) })).toEqual([]);
    const shorter = { ...DENY, until: DENY.until - 1 };
    expect(await kept({ denied: async () => ok([shorter]) })).toHaveLength(1);
  });

  test('where its sessions are dead by now', async () => {
    expect(await findings([...ITEMS, deny({ until: NOW })])).toEqual([]);
  });
});

test('what AWS did not answer says nothing of the backup', async () => {
  const failed = async () => err(UNAVAILABLE);
  expect(await findings(ITEMS, { checkpoint: failed })).toEqual(UNAVAILABLE);
  expect(await findings(ITEMS, { readFile: failed })).toEqual(UNAVAILABLE);
  const kills = { ...ports([]).kills, readSwitch: failed };
  expect(await findings([...ITEMS, deny()], { kills })).toEqual(UNAVAILABLE);
});

test('a message is no longer than a console shows', () => {
  const counts = { grant: 1, event: 1, suspension: 0, deny: 0, head: 1, place: 1, other: 0 };
  const long = messageOf({ findings: ['x'.repeat(3000)], counts });
  expect(long).toHaveLength(1000);
});
