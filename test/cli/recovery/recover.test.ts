import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { NOTHING_DONE, type Recovery } from '../../../core/recovery/recovery.ts';
import { newHome } from '../../support/run-command.ts';
import { type Account, type FakeAccount, fakeAccount } from './fake-account.ts';

/** `valetkey recover`, as it is packed. */

const home = newHome();
afterAll(() => home.remove());
let aws: FakeAccount | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

const INDEXES = ['byRequester', 'byDue', 'byStatusShard'];
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1';
const TABLE = {
  TableName: 'restored',
  TableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/restored',
  TableStatus: 'ACTIVE',
  SSEDescription: { KMSMasterKeyArn: KEY },
  GlobalSecondaryIndexes: INDEXES.map((IndexName) => ({ IndexName })),
  // 2026-11-27T09:00:00Z
  RestoreSummary: { RestoreDateTime: 1_795_770_000, RestoreInProgress: false },
};
const READY = { TableName: 'restored', RecoverFunctionName: 'recover' };

function accountOf(changes: Partial<Account> = {}): Account {
  const settings = { stream: true, ttl: true, pitr: true, protection: true };
  return { table: TABLE, settings, outputs: READY, answers: [], ...changes };
}

const at = (time: string): number => Date.parse(time);

function recoveryIn(phase: Recovery['phase'], report: Partial<Recovery['report']> = {}): Recovery {
  return {
    ...{ tableId: 't', id: 'ev_1', restoredTo: at('2026-11-27T09:00:00Z'), withoutLedger: false },
    ...{ begunAt: at('2026-11-27T10:00:00Z'), endedAt: at('2026-11-27T10:01:00Z'), phase },
    ...{ after: '', cut: [], revision: 1, report: { ...NOTHING_DONE, ...report } },
  };
}

const ENDED = recoveryIn('ended', {
  roles: { cutOff: 5 },
  entries: 89,
  principals: { suspended: 1, resumed: 0 },
  grants: { madeAgain: 4, changed: 1, unchanged: 7, ended: 2, deniedByRole: 1 },
  lookAt: [{ what: 'gr_1', why: 'it is \u001b[31mred' }],
});

async function run(account: Account, ...args: readonly string[]) {
  aws = await fakeAccount(account);
  const env = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  return home.run(['recover', '--table', 'restored', ...args], env);
}

describe('the settings that a restore loses', () => {
  const lost = () => ({ stream: false, ttl: false, pitr: false, protection: false });

  test('are turned on, and the lines for valetkey.yaml are printed where the broker has another table', async () => {
    const account = accountOf({ settings: lost(), outputs: { TableName: 'old' } });
    const { code, out, err } = await run(account);
    expect(code).toBe(6);
    expect(aws?.changes.toSorted()).toEqual([
      ...['UpdateContinuousBackups', 'UpdateTable', 'UpdateTable', 'UpdateTimeToLive'],
    ]);
    expect(out).toBe(
      `state:\n  table:\n    name: restored\n    streamArn: ${TABLE.TableArn}/stream/1\n    keyArn: ${KEY}\n`,
    );
    expect(err).toContain('The broker is deployed on old.');
    expect(err).toContain('-c recovery=on');
    expect(err).toContain('the stream of restored is on now');
  });

  test('are only named by a dry run', async () => {
    const { err } = await run(accountOf({ settings: lost(), outputs: {} }), '--dry-run');
    expect(aws?.changes).toEqual([]);
    expect(err).toContain('the stream of restored would be turned on');
  });
});

test('a table that the broker cannot work on is refused, with every reason', async () => {
  const table = { ...TABLE, SSEDescription: undefined, GlobalSecondaryIndexes: [] };
  const { code, err } = await run(accountOf({ table }));
  expect(code).toBe(1);
  expect(err).toContain('lacks the index byRequester, byDue, byStatusShard');
  expect(err).toContain('AWS’s own key encrypts it');
});

test('a broker that is on the table and not deployed for recovery is named as such', async () => {
  const { code, err } = await run(accountOf({ outputs: { TableName: 'restored' } }));
  expect(code).toBe(6);
  expect(err).toContain('is not deployed for recovery');
});

test('portions are ordered until the recovery has ended, and the report says what comes next', async () => {
  const answers = [{ recovery: recoveryIn('grants') }, { recovery: ENDED }];
  const { code, out, err } = await run(accountOf({ answers }));
  expect([code, err.includes('grants: ')]).toEqual([0, true]);
  const order = { restoredTo: '2026-11-27T09:00:00Z', withoutLedger: false, dryRun: false };
  expect(aws?.orders).toEqual([order, order]);
  expect(out).toContain('as it was at 2026-11-27T09:00:00Z');
  expect(out).toContain('5 roles cut off');
  expect(out).toContain('89 entries read');
  expect(out).toContain('4 made again, 1 brought up to date, 7 as they were');
  expect(out).toContain('3, 1 of them because a role denied them');
  expect(out).toContain('gr_1: it is  [31mred');
  expect(out).toContain('valetkey quarantine release');
});

test('with --json the report is one document, and a dry run hands over how far it has come', async () => {
  const half = recoveryIn('rows');
  const { code, out } = await run(
    accountOf({ answers: [{ recovery: half }, { recovery: ENDED }] }),
    ...['--json', '--dry-run', '--from', '2026-11-27T08:00:00Z', '--without-ledger'],
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ entries: 89, grants: { madeAgain: 4 }, lookAt: [{}] });
  const order = { restoredTo: '2026-11-27T08:00:00Z', withoutLedger: true, dryRun: true };
  expect(aws?.orders).toEqual([order, { ...order, before: half }]);
});

test('where somebody has to act first, the message says why, and to repeat it', async () => {
  const { code, err } = await run(
    accountOf({ answers: [{ stopped: 'the ledger lacks a file', passes: false }] }),
  );
  expect(code).toBe(1);
  expect(err).toContain('The recovery stands still: the ledger lacks a file.');
  expect(err).toContain('Repeat the command');
});

test('what passes it waits for, and says once for what', async () => {
  const busy = { stopped: 'another call goes on with this recovery', passes: true };
  const { code, err } = await run(accountOf({ answers: [busy, busy, { recovery: ENDED }] }));
  expect([code, aws?.orders.length]).toEqual([0, 3]);
  expect(err.split('waiting: another call goes on with this recovery').length).toBe(2);
});

test('a table that says of no restore, or a time that is none, is a usage error', async () => {
  const { RestoreSummary: _, ...table } = TABLE;
  expect(await run(accountOf({ table }))).toMatchObject({ code: 2 });
  await aws?.close();
  const { code, err } = await run(accountOf(), '--from', 'yesterday');
  expect([code, err.includes('"yesterday" is no time, and no file')]).toEqual([2, true]);
});

test.each([
  ['2026-11-27T09:30:00Z', 'is later than what the table was restored to'],
  ['2026-11-27T09:00:00', 'is no time'],
])('--from %s would pass over events, or be another moment elsewhere', async (from, says) => {
  const { code, err } = await run(accountOf(), '--from', from);
  expect([code, err.includes(says)]).toEqual([2, true]);
  expect(aws?.orders).toEqual([]);
});

test('a checkpoint that somebody kept goes to the ledger, which may not go on from less', async () => {
  const file = join(home.folder, 'checkpoint');
  const note = 'broker.acme.example/log\n12\ncm9vdA==\n\n— broker.acme.example/log abc=\n';
  writeFileSync(file, note);
  const { code } = await run(accountOf({ answers: [{ recovery: ENDED }] }), '--from', file);
  expect(code).toBe(0);
  expect(aws?.orders).toMatchObject([{ restoredTo: '2026-11-27T09:00:00Z', newest: note }]);
});

test('without AWS credentials it says so', async () => {
  const { code, err } = await home.run(['recover', '--table', 'restored'], {
    AWS_REGION: 'eu-central-1',
  });
  expect([code, err.includes('There are no AWS credentials')]).toEqual([3, true]);
});
