import { describe, expect, test } from '@jest/globals';
import { readManifest } from '../../../core/evidence/read-manifest.ts';

const HASH = 'ab'.repeat(32);
const fileAt = (path: string) => ({ path, rows: 3, sha256: HASH });
const MANIFEST = {
  format: 'valetkey-evidence@v1',
  period: { from: '2026-11-20T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' },
  ledger: { vkey: 'k', size: 7, checkpoint: 'c', root: 'r' },
  entries: {},
  sample: { size: 3, seed: 'x', drawn: 3, proofs: 9 },
  control: 'pci',
  ocsf: '1.9.0',
  parquet: { region: 'eu-west-1', account: '111122223333' },
  bundles: [],
  files: [fileAt('votes.csv')],
};
const read = (change: object = {}) => readManifest(JSON.stringify({ ...MANIFEST, ...change }));
const fault = (change: object) => {
  const answer = read(change);
  return answer.ok ? null : answer.error;
};

describe('a manifest', () => {
  test('says what the export was asked for, and what it has', () => {
    expect(read()).toMatchObject({
      ok: true,
      value: {
        period: { firstDay: '2026-11-20', lastDay: '2026-11-21' },
        ledger: MANIFEST.ledger,
        sample: { size: 3, seed: 'x' },
        control: 'pci',
        ocsf: '1.9.0',
        parquet: MANIFEST.parquet,
        files: MANIFEST.files,
      },
    });
  });

  test('of an export without wishes has none', () => {
    const none = { sample: null, control: null, parquet: null };
    expect(read(none)).toMatchObject({ ok: true, value: none });
  });

  test.each(['x', '[', 'null', '3', '"x"'])('is not %s', (text) => {
    expect(readManifest(text)).toEqual({ ok: false, error: 'it is no JSON object' });
  });

  test.each([
    [{ format: 'valetkey-evidence@v2' }, 'its format is not what it has to be'],
    [{ files: undefined }, 'its files is not what it has to be'],
    [{ files: [{ ...fileAt('x'), sha256: 'AB' }] }, 'its files.0.sha256 is not what it has to be'],
    [{ files: [{ ...fileAt('x'), sha256: `${HASH}\n` }] }, 'its files.0.sha256 is not'],
    [{ files: [{ ...fileAt('x'), sha256: `x${HASH}` }] }, 'its files.0.sha256 is not'],
    [{ sample: { size: 0, seed: 'x' } }, 'its sample.size is not what it has to be'],
    [{ sample: { size: 1.5, seed: 'x' } }, 'its sample.size is not what it has to be'],
    [{ control: 'hipaa' }, 'its control is not what it has to be'],
    [{ ocsf: '0.1' }, 'its ocsf is not what it has to be'],
    [{ period: { from: 'x', until: 'y' } }, 'its period.from is not what it has to be'],
  ])('is not one with %j', (change, says) => {
    expect(fault(change)).toContain(says);
  });

  test.each([
    ['2026-11-20T01:00:00.000Z', '2026-11-22T00:00:00.000Z'],
    ['2026-11-20T00:00:00.000Z', '2026-11-22T01:00:00.000Z'],
    ['2026-11-22T00:00:00.000Z', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T00:00:00.000Z', '2026-11-20T00:00:00.000Z'],
  ])('is not one of %s to %s', (from, until) => {
    expect(fault({ period: { from, until } })).toBe('its period is not one of whole days');
  });
});

describe('its files', () => {
  test.each([
    'access-reviews.csv',
    'bundles/sha256-ab.json',
    'ocsf/user-management-3007.jsonl',
    'parquet/ext/valetkey-3007/region=eu-west-1/accountId=1/eventDay=20261120/x.parquet',
    'proofs/manifest.json',
  ])('may be %s', (path) => {
    expect(read({ files: [fileAt(path)] }).ok).toBe(true);
  });

  test.each([
    ...['../x', 'a/../x', '..', '.', './x', '/x', 'x/', 'a//b', '', '.x', 'a\\..\\x', 'C:x'],
    ...['x\n', 'x y', 'manifest.json', 'manifest.tlog-proof', 'ledger/checkpoint', 'ledger'],
  ])('are not "%s"', (path) => {
    const files = [fileAt('votes.csv'), fileAt(path)];
    expect(fault({ files })).toBe(`it lists ${path}, which is no file of an export`);
  });

  test('are each there once', () => {
    const files = [fileAt('votes.csv'), fileAt('votes.csv')];
    expect(fault({ files })).toBe('it lists votes.csv twice');
  });
});
