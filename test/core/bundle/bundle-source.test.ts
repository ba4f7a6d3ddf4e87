import { describe, expect, test } from '@jest/globals';
import { readBundleFiles } from '../../../adapters/files/bundle-files.ts';
import { bundleSource, readBundleSource } from '../../../core/bundle/bundle-source.ts';
import { CEDAR_SCHEMA } from '../../../core/bundle/cedar-schema.ts';
import { sha256 } from '../../../core/ids.ts';
import { err } from '../../../core/result.ts';
import { compiled, files } from '../../support/bundles.ts';
import { filesOf, PRESETS } from '../../support/presets.ts';

const again = (text: string) => {
  const read = readBundleSource(text, sha256(text));
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

const BUNDLES = [
  ['the example', readBundleFiles('policy')] as const,
  ['the small one', files()] as const,
  ...PRESETS.map((preset) => [`the preset ${preset.name}`, filesOf(preset)] as const),
];

test.each(BUNDLES)('%s comes back byte for byte, and compiles to the same hash', (_, given) => {
  const { hash } = compiled(given);
  const text = bundleSource(given);
  expect(sha256(text)).toBe(hash);
  const back = again(text);
  expect(back.sameSchema).toBe(true);
  expect(compiled(back.files).hash).toBe(hash);
  const deciding = [...given].filter(([path]) => !path.startsWith('cases/'));
  expect(new Map(back.files)).toEqual(new Map(deciding));
});

describe('a source', () => {
  test('that is not the one with the hash is refused', () => {
    const text = bundleSource(files());
    expect(readBundleSource(`${text} `, sha256(text))).toEqual(err('changed'));
  });

  test('that was compiled with another schema says so', () => {
    const [, ...entries] = JSON.parse(bundleSource(files())) as unknown[];
    expect(again(JSON.stringify(['another', ...entries])).sameSchema).toBe(false);
  });

  test.each([
    ['no JSON', '['],
    ['no list', '{}'],
    ['no schema', JSON.stringify([1, ['issuers.yaml', '']])],
    ['no files', JSON.stringify([CEDAR_SCHEMA])],
    ['a file outside of the folder', JSON.stringify([CEDAR_SCHEMA, ['../issuers.yaml', '']])],
    ['a file beside the parts', JSON.stringify([CEDAR_SCHEMA, ['.npmrc', '']])],
    ['a backslash', JSON.stringify([CEDAR_SCHEMA, ['policies/..\\..\\x.cedar', '']])],
    ['a file twice', JSON.stringify([CEDAR_SCHEMA, ['issuers.yaml', ''], ['issuers.yaml', '']])],
    ['a file without a text', JSON.stringify([CEDAR_SCHEMA, ['issuers.yaml']])],
  ])('with %s is not written anywhere', (_, text) => {
    expect(readBundleSource(text, sha256(text))).toEqual(err('unreadable'));
  });
});
