import { describe, expect, test } from '@jest/globals';
import { listCheckpoints, type PublishedLog, readLogFile } from '../../../core/ledger/read-log.ts';
import { err, ok } from '../../../core/result.ts';
import { MemoryLedgerFiles } from '../../simulation/memory-ledger.ts';
import { GOVERNED } from '../../support/authorities.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { ANA, AUDITOR, world } from '../../support/memory-ports.ts';

const NO_LEDGER = { code: 'unavailable', what: 'ledger' } as const;
const PAGE = { checkpoints: [{ note: 'n', at: 1 }], next: 'older' };

const BUNDLE = `bundle/sha256-${'0a'.repeat(32)}.json`;

function logged(files = new MemoryLedgerFiles()): PublishedLog & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    ...files.port(),
    asked,
    checkpoints: async (page) => {
      asked.push(page);
      return ok(PAGE);
    },
  };
}

function portsFor(log: PublishedLog = logged()) {
  return { engine: world(GOVERNED).ports.engine, log };
}

describe('a file of the log', () => {
  test('is read by whoever may audit, by its path', async () => {
    const files = new MemoryLedgerFiles();
    files.files.set('tile/0/000.p/1', Buffer.from('hash'));
    const read = await readLogFile(portsFor(logged(files)), AUDITOR, 'tile/0/000.p/1');
    expect(read).toEqual(ok(Buffer.from('hash')));
  });

  test('can be a policy bundle that was in force, by its hash, for whoever may audit', async () => {
    const files = new MemoryLedgerFiles();
    files.files.set(BUNDLE, Buffer.from('{}'));
    const read = await readLogFile(portsFor(logged(files)), AUDITOR, BUNDLE);
    expect(read).toEqual(ok(Buffer.from('{}')));
    const detail = 'You need permission to audit to read the log.';
    expect(await readLogFile(portsFor(logged(files)), ANA, BUNDLE)).toEqual(
      err({ code: 'forbidden', detail }),
    );
  });

  test('is the checkpoint as it was signed', async () => {
    const files = new MemoryLedgerFiles();
    files.checkpoints.push('log\n1\nroot\n\n— log sig\n');
    const read = await readLogFile(portsFor(logged(files)), AUDITOR, 'checkpoint');
    expect(read.ok && String(read.value)).toBe('log\n1\nroot\n\n— log sig\n');
  });

  test.each([
    ['checkpoint', 'Nothing is in the log yet.'],
    ['tile/0/000.p/1', 'The log has no such file.'],
    [BUNDLE, 'The log has no such file.'],
  ])('that is not there is not found: %s', async (path, detail) => {
    const read = await readLogFile(portsFor(), AUDITOR, path);
    expect(read).toEqual(err({ code: 'not-found', detail }));
  });

  test.each([
    ...['', 'tile/0/1', 'bundle/sha256-1.json', 'tile/0/../../checkpoint', 'bundle/'],
    ...[`${BUNDLE}.bak`, `x/${BUNDLE}`, `${BUNDLE}\n`, BUNDLE.toUpperCase()],
    BUNDLE.replace('sha256-', '../sha256-'),
  ])('has one of the paths of the format, and no other object is shown: %j', async (path) => {
    const files = new MemoryLedgerFiles();
    files.files.set(path, Buffer.from('something'));
    expect(await readLogFile(portsFor(logged(files)), AUDITOR, path)).toMatchObject({
      error: { code: 'not-found', detail: expect.stringContaining('tile/<L>/<N>') },
    });
  });

  test('is an error where the log does not answer', async () => {
    const log = {
      ...logged(),
      read: async () => err(NO_LEDGER),
      checkpoint: async () => err(NO_LEDGER),
    };
    for (const path of ['checkpoint', 'tile/0/000.p/1', BUNDLE]) {
      expect(await readLogFile(portsFor(log), AUDITOR, path)).toEqual(err(NO_LEDGER));
    }
  });
});

test('the list of checkpoints is asked for page by page', async () => {
  const log = logged();
  const page = { limit: 2, after: 'x' };
  expect(await listCheckpoints(portsFor(log), AUDITOR, page)).toEqual(ok(PAGE));
  expect(log.asked).toEqual([page]);
});

test('who may not audit reads nothing, and a policy engine that fails lets nobody', async () => {
  const log = logged();
  const page = { limit: 2, after: null };
  expect(await readLogFile(portsFor(log), ANA, 'checkpoint')).toMatchObject({
    error: { code: 'forbidden' },
  });
  expect(await listCheckpoints(portsFor(log), ANA, page)).toMatchObject({
    error: { code: 'forbidden' },
  });
  const engine = { mayOnBroker: () => err(NO_POLICY) };
  expect(await readLogFile({ engine, log }, AUDITOR, 'checkpoint')).toEqual(err(NO_POLICY));
  expect(await listCheckpoints({ engine, log }, AUDITOR, page)).toEqual(err(NO_POLICY));
  expect(log.asked).toEqual([]);
});
