import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Log } from '../../../cli/audit/log.ts';
import { rememberLog } from '../../../cli/audit/same-log.ts';
import { seenLog, seenLogOf } from '../../../cli/audit/seen-logs.ts';
import { openCheckpoint } from '../../../core/ledger/checkpoint.ts';
import { ok } from '../../../core/result.ts';
import {
  entriesOf,
  entryAt,
  ledgerOf,
  newSigner,
  type Signer,
  signedAt,
} from '../../support/test-ledger.ts';

/** What is remembered while another process remembers something too. */

const signer = newSigner();
const entries = entriesOf(600);
const files = ledgerOf(entries, signer);
const BROKER = 'https://broker.example';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'valetkey-seen-'));
  process.env['VALETKEY_HOME'] = home;
});
afterEach(() => {
  delete process.env['VALETKEY_HOME'];
  rmSync(home, { recursive: true, force: true });
});

const logOf = (by: Signer, more: Partial<Log> = {}): Log => ({
  key: by.key,
  vkey: by.vkey,
  place: BROKER,
  broker: BROKER,
  before: null,
  read: async (path) => ok(files.get(path) ?? null),
  ...more,
});
const stateOf = (list: readonly Uint8Array[], by = signer) => {
  const note = signedAt(list, by);
  const checkpoint = openCheckpoint(note, by.key);
  if (!checkpoint.ok) throw new Error('not signed');
  return { note, checkpoint: checkpoint.value };
};
const sizeSeen = (): number | undefined => seenLog(signer.key.name)?.checkpoint.size;

describe('what another process has remembered meanwhile', () => {
  test('stays where it is later, and is no cut-off log', async () => {
    await rememberLog(logOf(signer), stateOf(entries));
    await rememberLog(logOf(signer), stateOf(entries.slice(0, 300)));
    expect(sizeSeen()).toBe(600);
  });

  test('is replaced where it is earlier', async () => {
    await rememberLog(logOf(signer), stateOf(entries.slice(0, 300)));
    await rememberLog(logOf(signer), stateOf(entries));
    expect(sizeSeen()).toBe(600);
  });

  test.each([300, 600])('must be the same log, at %d entries', async (size) => {
    await rememberLog(logOf(signer), stateOf(entries));
    const fork = stateOf(entries.slice(0, size).with(3, entryAt(3, 'Something else')));
    await expect(rememberLog(logOf(signer), fork)).rejects.toThrow('another log');
    expect(seenLog(signer.key.name)?.note).toBe(signedAt(entries, signer));
  });
});

test('a broker that has another log is remembered with that one alone', async () => {
  const moved = newSigner('other.example/ledger');
  await rememberLog(logOf(signer), stateOf(entries));
  await rememberLog(logOf(moved), stateOf(entries, moved));
  expect(seenLogOf(BROKER)?.key.name).toBe('other.example/ledger');
  expect(seenLog(signer.key.name)?.brokers).toEqual([]);
});
