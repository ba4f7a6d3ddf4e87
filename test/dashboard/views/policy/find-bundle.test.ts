import { expect, test } from '@jest/globals';
import { sha256 } from '../../../../core/ids.ts';
import { bundlePath } from '../../../../core/ledger/bundle-path.ts';
import { encodeBundle, tilePath } from '../../../../core/ledger/tiles.ts';
import { findBundle, type Reads } from '../../../../dashboard/views/policy/find-bundle.ts';

const TEXT = '{"hash":"sha256:new"}';
const FILE = bundlePath(sha256(TEXT));
const deployed = (bundle: string, file = FILE) => ({ type: 'bundle-deployed', bundle, file });
const grants = (count: number) => Array.from({ length: count }, () => ({ type: 'vended' }));

/** A log with these entries, which tells what was read of it. */
function logOf(entries: readonly object[], { text = TEXT, event = {} } = {}) {
  const read: string[] = [];
  const bytes = (content: string | Uint8Array) => Uint8Array.from(Buffer.from(content));
  const files = new Map<string, Uint8Array<ArrayBuffer>>([[FILE, bytes(text)]]);
  for (let index = 0; index * 256 < entries.length; index += 1) {
    const part = entries.slice(index * 256, (index + 1) * 256);
    const encoded = encodeBundle(part.map((entry) => Buffer.from(JSON.stringify(entry))));
    files.set(tilePath({ level: 'entries', index, width: part.length }), bytes(encoded));
  }
  const reads: Reads = {
    text: async () => `example/log\n${entries.length}\nroot\n`,
    json: async () => event,
    bytes: async (path) => {
      const name = path.replace('/v1/audit/ledger/', '');
      read.push(name);
      const found = files.get(name);
      if (found === undefined) throw new Error(`no ${name}`);
      return found;
    },
  };
  return { reads, read };
}

test('the bundle is found from the end of the log, without reading what is before it', async () => {
  const { reads, read } = logOf([...grants(600), deployed('sha256:new'), ...grants(300)]);
  expect(await findBundle(reads, 'sha256:new')).toEqual(JSON.parse(TEXT));
  expect(read).toEqual(['tile/entries/003.p/133', 'tile/entries/002', FILE]);
});

test.each<[string, readonly object[]]>([
  ['an empty log', []],
  ['a log of before the deployment', [deployed('sha256:old'), ...grants(2)]],
  ['a log that has gone back to another bundle', [deployed('sha256:new'), deployed('sha256:old')]],
  [
    'a justification that looks like one',
    [{ type: 'requested', justification: '"bundle-deployed"' }],
  ],
  ['a file that is none', [deployed('sha256:new', '../secret')]],
])('%s has no file of the bundle yet', async (_, entries) => {
  expect(await findBundle(logOf(entries).reads, 'sha256:new')).toBeNull();
});

test('a log of digests is asked for the event itself', async () => {
  const digest = {
    type: 'bundle-deployed',
    id: 'ev_1',
    principalId: 'broker',
    at: 'x',
    sha256: 'y',
  };
  const { reads } = logOf([digest], { event: deployed('sha256:new') });
  expect(await findBundle(reads, 'sha256:new')).toEqual(JSON.parse(TEXT));
});

test('a file that is not what its name says is not used', async () => {
  const { reads } = logOf([deployed('sha256:new')], { text: '{"hash":"sha256:forged"}' });
  await expect(findBundle(reads, 'sha256:new')).rejects.toThrow('tell your security team');
});
