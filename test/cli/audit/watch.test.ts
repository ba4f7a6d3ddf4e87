import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { entriesOf, entryAt, ledgerOf, newSigner } from '../../support/test-ledger.ts';
import { type LedgerBroker, ledgerBroker } from './ledger-broker.ts';

const signer = newSigner();
const LOG = ledgerOf(entriesOf(300), signer);
const GROWN = ledgerOf(entriesOf(600), signer);
const FORK = ledgerOf(entriesOf(600).with(3, entryAt(3, 'Something else')), signer);

let broker: LedgerBroker;
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
  broker.serve(LOG);
});
afterEach(() => broker.close());

const watching = (...more: readonly string[]) =>
  broker.home.start(['audit', 'watch', '--every', '1s', ...more], broker.env);

describe('watching a ledger', () => {
  test('prints a line for each new checkpoint, and reads no entry for it', async () => {
    const running = watching();
    await running.says(/300 entries, seen for the first time/);
    broker.serve(GROWN);
    await running.says(/600 entries, 300 new/);
    running.child.kill('SIGINT');
    const { code, out } = await running.finished;
    expect(code).toBe(130);
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(broker.server.requests.filter(({ line }) => line.includes('entries'))).toEqual([]);
  });

  test('prints one document in a line with --json', async () => {
    await broker.run('verify');
    broker.serve(GROWN);
    const running = watching('--json');
    await running.says(/"added"/);
    running.child.kill('SIGINT');
    const { out } = await running.finished;
    expect(JSON.parse(out)).toMatchObject({ size: 600, added: 300 });
  });

  test.each([
    ['a fork', FORK, 'is another log than'],
    ['an older state', ledgerOf(entriesOf(299), signer), 'has 299 entries, but it had 300 entries'],
    [
      'another history of the same size',
      ledgerOf(entriesOf(300).with(3, entryAt(0)), signer),
      'is another log than',
    ],
    [
      'the checkpoint of another key',
      ledgerOf(entriesOf(600), newSigner()),
      'is not signed by the key',
    ],
    ['no checkpoint any more', new Map<string, Uint8Array>(), 'has no checkpoint'],
    [
      'a checkpoint without its tiles',
      new Map([...GROWN].filter(([path]) => path === 'checkpoint')),
      'lacks tile/',
    ],
    [
      'the tiles of another log',
      new Map(FORK).set('checkpoint', GROWN.get('checkpoint') ?? Buffer.of()),
      'are not those whose checkpoint was signed',
    ],
  ])('ends at %s', async (_, files, says) => {
    const running = watching();
    await running.says(/seen for the first time/);
    broker.serve(files);
    const { code, err } = await running.finished;
    expect(code).toBe(1);
    expect(err).toContain(says);
  });

  test('goes on while the broker is away for a while, and waits for the first checkpoint', async () => {
    broker.serve(new Map());
    const running = watching();
    await running.says(/has no checkpoint yet/);
    const away = { status: 500, body: { type: 't', title: 't', status: 500, detail: 'Away.' } };
    broker.serve(new Map(), { 'GET /v1/audit/ledger/checkpoint': away });
    await running.says(/Away\. Trying again/);
    broker.serve(LOG);
    await running.says(/300 entries, seen for the first time/);
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
  });
});
