import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkpointText } from '../../../core/ledger/checkpoint.ts';
import { rootOf } from '../../../core/ledger/merkle.ts';
import { rowsOf, typeAtTerminal } from '../../support/at-a-terminal.ts';
import { WITHOUT_KEY } from '../../support/manipulated-ledgers.ts';
import {
  entriesOf,
  entryAt,
  type LedgerFolder,
  ledgerOf,
  newSigner,
  signedAt,
  writeLedger,
} from '../../support/test-ledger.ts';
import { type LedgerBroker, ledgerBroker } from './ledger-broker.ts';

const signer = newSigner();
const stranger = newSigner();
const entries = entriesOf(600);
const LOG = ledgerOf(entries, signer, [100, 300]);
const OTHER = entries.with(400, entryAt(400, 'Something else'));

let broker: LedgerBroker;
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
  broker.serve(LOG);
});
afterEach(() => broker.close());

const state = () => join(broker.home.folder, 'valetkey', 'ledgers');
const seenFile = () => {
  const [name = ''] = readdirSync(state()).filter((file) => file.endsWith('.json'));
  return join(state(), name);
};
const folderOf = (files: LedgerFolder): string => {
  const folder = join(broker.home.folder, 'copy');
  mkdirSync(folder);
  writeLedger(files, folder);
  return folder;
};

describe('a ledger that is right', () => {
  test('verifies, and the first look says so', async () => {
    const { code, out, err } = await broker.run('verify');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('verifies: 600 entries, signed by broker.example/ledger');
    expect(out).toContain('for the first time');
    expect(out).toContain(signer.vkey);
  });

  test('is remembered: when it has grown, the next look says what was seen before', async () => {
    broker.serve(ledgerOf(entries.slice(0, 300), signer));
    await broker.run('verify');
    broker.serve(LOG);
    const { code, out } = await broker.run('verify', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, size: 600, before: { size: 300 } });
    expect(JSON.parse(readFileSync(seenFile(), 'utf8'))).toMatchObject({
      vkey: signer.vkey,
      note: Buffer.from(LOG.get('checkpoint') ?? []).toString(),
      brokers: [broker.server.url],
    });
  });

  test('is remembered by two looks at once', async () => {
    const looks = await Promise.all([
      broker.run('verify'),
      broker.run('verify'),
      broker.run('verify'),
    ]);
    expect(looks.map(({ code, err }) => ({ code, err }))).toEqual(
      looks.map(() => ({ code: 0, err: '' })),
    );
    expect(JSON.parse(readFileSync(seenFile(), 'utf8'))).toMatchObject({ vkey: signer.vkey });
  });

  test('shows how far it is, on a terminal alone', async () => {
    const env = { ...broker.home.env, ...broker.env };
    const { code, output } = await typeAtTerminal(['audit', 'verify'], [], { env });
    expect(code).toBe(0);
    expect(output).toMatch(/█+░+ 42 % {2}256 of 600 entries/);
    expect(rowsOf(output, 120).join('\n')).not.toContain('256 of 600');
  });

  test('that is empty verifies too', async () => {
    broker.serve(ledgerOf([], signer));
    expect(await broker.run('verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 entries'),
    });
  });

  test('gets the token with every file, and each file is read once', async () => {
    await broker.run('verify');
    const files = broker.server.requests.filter(({ line }) => line.includes('/v1/audit/'));
    expect(files.every(({ headers }) => headers.authorization === 'Bearer a-token')).toBe(true);
    expect(new Set(files.map(({ line }) => line)).size).toBe(files.length);
  });
});

const withCheckpoint = (note: string): LedgerFolder =>
  new Map(LOG).set('checkpoint', Buffer.from(note));

const SAID: Readonly<Record<string, { readonly fault: object; readonly says: RegExp }>> = {
  'a flipped byte in an entry': {
    fault: { code: 'wrong-hash', entry: 512, wrong: 'entry' },
    says: /entry 512.* was changed after it was signed/,
  },
  'a dropped entry': {
    fault: { code: 'damaged', path: 'tile/entries/002.p/88', entry: 513 },
    says: /first entry that does not fit is entry 513 \(event ev_00000514 of grant gr_0{20}\)/,
  },
  'swapped entries': {
    fault: { code: 'wrong-hash', entry: 514, wrong: 'entry' },
    says: /entry 514 \(event ev_00000515 of grant gr_0{20}\) was changed after it was signed/,
  },
  'a truncated log': {
    fault: { code: 'missing', path: 'tile/entries/002.p/88', entry: 512 },
    says: /lacks tile\/entries\/002\.p\/88: it cannot be verified from entry 512 on/,
  },
  'a forged signature': { fault: { code: 'forged' }, says: /changed after it was signed/ },
  'a replaced tile': {
    fault: { code: 'wrong-hash', path: 'tile/0/002.p/88', entry: 512, wrong: 'tile' },
    says: /tile\/0\/002\.p\/88 of .* was changed: its hash of entry 512 \(event ev_00000512 .* is wrong/,
  },
  'a changed partial tile': {
    fault: { code: 'damaged', path: 'tile/1/000.p/2', entry: 256 },
    says: /tile\/1\/000\.p\/2 of .* is not what was signed/,
  },
  'another key': { fault: { code: 'unsigned' }, says: /not signed by the key broker\.example/ },
  'a stale checkpoint': {
    fault: { code: 'older', before: 600, size: 300 },
    says: /shows an older state of the ledger: it has 300 entries, and it had 600 entries when you saw it .* prove/,
  },
  'a fork': {
    fault: { code: 'forked', before: 600, size: 601 },
    says: /is another log than when you saw it .*: of its first 600 entries some were changed/,
  },
};

const MANIPULATED: Readonly<Record<string, (files: LedgerFolder) => LedgerFolder>> = {
  ...WITHOUT_KEY,
  'another key': () => ledgerOf(entries, stranger),
  'a stale checkpoint': () => withCheckpoint(signedAt(entries.slice(0, 300), signer)),
  'a fork': () => ledgerOf([...OTHER, entryAt(600)], signer),
};

describe('of ten manipulations', () => {
  test('all are here', () => {
    expect(Object.keys(SAID).toSorted()).toEqual(Object.keys(MANIPULATED).toSorted());
    expect(Object.keys(SAID)).toHaveLength(10);
  });

  test.each(Object.entries(MANIPULATED))(
    '%s at the broker is found, and named',
    async (name, change) => {
      expect((await broker.run('verify')).code).toBe(0);
      const remembered = readFileSync(seenFile(), 'utf8');
      broker.serve(change(LOG));
      const { code, out, err } = await broker.run('verify');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(SAID[name]?.says ?? /never/);
      expect(err).toMatch(/tell your (security|platform) team/);
      expect(readFileSync(seenFile(), 'utf8')).toBe(remembered);
      const json = await broker.run('verify', '--json');
      expect(json.code).toBe(1);
      expect(JSON.parse(json.out)).toMatchObject({ ok: false, fault: SAID[name]?.fault ?? {} });
    },
  );

  test('an older copy in a folder is no success, and is not called an attack', async () => {
    expect((await broker.run('verify')).code).toBe(0);
    const older = folderOf(ledgerOf(entries.slice(0, 300), signer));
    const { code, err } = await broker.run('verify', '--from', older);
    expect(code).toBe(1);
    expect(err).toContain('is an older copy: it has 300 entries, and the ledger had 600 entries');
    expect(err).toContain('cannot show that the later state begins with it');
    expect(err).toContain('no attack by itself');
    expect(err).not.toContain('tell your security team');
  });

  test.each(Object.entries(MANIPULATED))('%s in a folder is found too', async (_, change) => {
    expect((await broker.run('verify')).code).toBe(0);
    const { code, out } = await broker.run('verify', '--from', folderOf(change(LOG)));
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });
});

describe('a broker with fewer entries than were seen', () => {
  const NOTES = [LOG, ledgerOf(entries.slice(0, 300), signer)].map((files) =>
    Buffer.from(files.get('checkpoint') ?? []).toString(),
  );
  const evidence = () => {
    const folder = join(state(), 'evidence');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .toSorted()
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  };

  test('that has the files of all it showed is older, which contradicts nothing', async () => {
    await broker.run('verify');
    broker.serve(withCheckpoint(NOTES[1] ?? ''));
    for (const look of ['verify', 'watch']) {
      const { code, err } = await broker.run(look);
      expect(code).toBe(1);
      expect(err).toContain('shows an older state of the ledger: it has 300 entries');
      expect(err).toContain('Look again in a minute');
    }
    expect(evidence()).toEqual([]);
  });

  test('that lacks those files was cut off, as far as anybody can tell: both checkpoints are kept', async () => {
    await broker.run('verify');
    broker.serve(ledgerOf(entries.slice(0, 300), signer));
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toContain('has 300 entries, but it had 600 entries when you saw it');
    expect(err).toContain('tell your security team');
    expect(evidence()).toEqual(NOTES);
  });

  test('that are others than its own files say is another log: both checkpoints are kept', async () => {
    await broker.run('verify');
    const other = signedAt(entries.slice(0, 300).with(7, entryAt(7, 'Something else')), signer);
    broker.serve(withCheckpoint(other));
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toMatch(/is another log than when you saw it .*: of its first 300 entries some/);
    expect(evidence()).toEqual([NOTES[0], other]);
  });
});

describe('a history that was rewritten', () => {
  test('leaves both checkpoints as evidence', async () => {
    await broker.run('verify');
    const fork = ledgerOf(OTHER, signer);
    broker.serve(fork);
    const { err } = await broker.run('verify');
    const [before, now] = [LOG, fork].map((files) =>
      Buffer.from(files.get('checkpoint') ?? []).toString(),
    );
    for (const line of `${before}${now}`.split('\n')) expect(err).toContain(line);
    const kept = join(state(), 'evidence');
    const texts = readdirSync(kept)
      .toSorted()
      .map((name) => readFileSync(join(kept, name), 'utf8'));
    expect(texts).toEqual([before, now]);
  });

  test('whose files all fit is not that of the checkpoint', async () => {
    broker.serve(
      new Map(ledgerOf(OTHER, signer)).set('checkpoint', LOG.get('checkpoint') ?? Buffer.of()),
    );
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toContain('entries were replaced together with their hashes');
  });

  test('is found also where the checkpoint has gone', async () => {
    await broker.run('verify');
    broker.serve(new Map());
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toMatch(/has no checkpoint[\s\S]*It had 600 entries/);
  });
});

describe('the key', () => {
  test('is printed in one line', async () => {
    expect(await broker.run('key')).toEqual({ code: 0, out: `${signer.vkey}\n`, err: '' });
    const { out } = await broker.run('key', '--json');
    const known = { origin: 'broker.example/ledger', vkey: signer.vkey };
    expect(JSON.parse(out)).toEqual({ ...known, witnesses: [] });
  });

  test.each([['key'], ['verify']])('that changes is not trusted by %s', async (command) => {
    await broker.run('verify');
    broker.say(stranger.vkey);
    broker.serve(ledgerOf(entries, stranger));
    const { code, out, err } = await broker.run(command);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('another key than before');
    for (const vkey of [signer.vkey, stranger.vkey]) expect(err).toContain(vkey);
  });

  test('that changes and is given goes on with the same log', async () => {
    await broker.run('verify');
    broker.say(stranger.vkey);
    broker.serve(ledgerOf(entriesOf(601), stranger));
    expect((await broker.run('verify', '--key', stranger.vkey)).code).toBe(0);
    expect((await broker.run('verify')).code).toBe(0);
    broker.serve(ledgerOf([...OTHER, entryAt(600)], stranger));
    expect((await broker.run('verify')).code).toBe(1);
  });

  test('that is none is invalid usage', async () => {
    const { code, err } = await broker.run('verify', '--key', 'nonsense');
    expect(code).toBe(2);
    expect(err).toContain('--key is not the key of a ledger');
  });
});

describe('a copy', () => {
  const offline = (...args: readonly string[]) => broker.home.run(['audit', 'verify', ...args]);

  test('in a folder verifies with a key, without a broker', async () => {
    const { code, out } = await offline('--from', folderOf(LOG), '--key', signer.vkey);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('600 entries') });
    expect(broker.server.requests).toEqual([]);
  });

  test('cannot vouch for itself', async () => {
    const { code, err } = await offline('--from', folderOf(LOG));
    expect(code).toBe(2);
    expect(err).toContain('a copy of a ledger cannot vouch for itself');
  });

  test('is verified with the remembered key of the broker, without a call', async () => {
    await broker.run('verify');
    const calls = broker.server.requests.length;
    const { code, out } = await broker.run('verify', '--from', folderOf(LOG));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('600 entries') });
    expect(broker.server.requests).toHaveLength(calls);
  });

  test('at another URL is read without the token', async () => {
    const other = await ledgerBroker(signer.vkey);
    const files = [...LOG].map(([path, bytes]) => [`GET /${path}`, { body: bytes }] as const);
    other.serve(LOG, Object.fromEntries(files));
    const { code } = await broker.run('verify', '--from', `${other.server.url}/`);
    expect(code).toBe(0);
    expect(other.server.requests.length).toBeGreaterThan(3);
    expect(other.server.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
    await other.close();
  });

  test.each([
    ['/nowhere', 'does not exist'],
    ['ftp://a/b', 'is neither a folder nor a URL'],
  ])('at %s is invalid usage', async (place, says) => {
    const { code, err } = await offline('--from', place, '--key', signer.vkey);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  test('without a checkpoint says what to name', async () => {
    const { code, err } = await offline(
      '--from',
      folderOf(new Map([['x', Buffer.of()]])),
      '--key',
      signer.vkey,
    );
    expect(code).toBe(1);
    expect(err).toContain('Name the folder that has the file `checkpoint`');
  });
});

describe('what is remembered', () => {
  test.each([
    ['not JSON', () => 'x', 'it is not JSON'],
    ['another form', () => '{}', 'is not valid'],
    [
      'a checkpoint that its key has not signed',
      (text: string) => JSON.stringify({ ...JSON.parse(text), note: signedAt([], stranger) }),
      'note is no checkpoint signed by vkey',
    ],
    [
      'no key',
      (text: string) => JSON.stringify({ ...JSON.parse(text), vkey: 'x' }),
      'vkey is no key',
    ],
  ])('as %s is an error, never nothing', async (_, broken, says) => {
    await broker.run('verify');
    writeFileSync(seenFile(), broken(readFileSync(seenFile(), 'utf8')));
    const { code, out, err } = await broker.run('verify');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(seenFile());
    expect(err).toContain(says);
  });
});

describe('a broker', () => {
  const CHECKPOINT = 'GET /v1/audit/ledger/checkpoint';
  const problem = (status: number, detail: string) => ({
    status,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '0' },
    body: { type: 't', title: 't', status, detail },
  });

  test('without a ledger says so', async () => {
    broker.say(null);
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toContain('has no audit ledger');
  });

  test('that does not let you audit says which right it takes', async () => {
    broker.serve(LOG, { [CHECKPOINT]: problem(403, 'You may not audit.') });
    const { code, err } = await broker.run('verify');
    expect(code).toBe(4);
    expect(err).toMatch(/You may not audit\.[\s\S]*the right to audit/);
  });

  test('that is unavailable leaves the ledger unverified, not wrong', async () => {
    broker.serve(LOG, { 'GET /v1/audit/ledger/tile/0/001': problem(503, 'The store is away.') });
    const { code, err } = await broker.run('verify');
    expect(code).toBe(5);
    expect(err).toContain('The store is away.');
  });

  test('with a web page in front of it is not called wrong either', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
    broker.serve(LOG, { 'GET /v1/audit/ledger/tile/entries/001': page });
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toContain('A web page came instead of the file');
  });

  test('whose checkpoint has a size that no log has ends at the first file that is missing', async () => {
    const text = checkpointText({
      origin: signer.key.name,
      size: 999_999_999_999_999,
      root: rootOf({ size: 0, subtrees: [] }),
    });
    broker.serve(withCheckpoint(signer.sign(text)));
    const { code, err } = await broker.run('verify');
    expect(code).toBe(1);
    expect(err).toContain('lacks tile/entries/002: it cannot be verified from entry 512 on');
  });

  test.each(['tile/0/001', 'tile/1/000.p/2', 'tile/entries/000'])(
    'that lacks %s lacks it',
    async (path) => {
      const files = new Map(LOG);
      files.delete(path);
      broker.serve(files);
      const { code, err } = await broker.run('verify');
      expect(code).toBe(1);
      expect(err).toContain(`lacks ${path}`);
    },
  );
});
