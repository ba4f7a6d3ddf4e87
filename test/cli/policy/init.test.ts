import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { PRESETS, preset } from '../../support/presets.ts';
import { cleanUp, valetkey, written } from '../command.ts';

const root = mkdtempSync(join(tmpdir(), 'valetkey-init-'));
afterAll(() => {
  cleanUp();
  rmSync(root, { recursive: true, force: true });
});

const init = (folder: string, ...more: readonly string[]) =>
  valetkey('policy', 'init', join(root, folder), ...more);

test('without a preset, the command lists them and writes nothing', async () => {
  const { code, out } = await init('none');
  expect(code).toBe(0);
  for (const { name, title } of PRESETS)
    expect(out).toMatch(new RegExp(`^${name} +${title.replaceAll(/[()]/g, '.')}, for `, 'm'));
  expect(existsSync(join(root, 'none'))).toBe(false);
  const json = JSON.parse((await init('none', '--json')).out) as readonly object[];
  expect(json).toContainEqual({
    name: 'github',
    title: 'GitHub Actions',
    for: 'jobs',
    sources: preset('github').sources,
  });
});

test('several presets make one bundle that check and test accept, and whose files name their sources', async () => {
  const { code, out } = await init(
    'several',
    '--preset',
    'okta',
    '--preset',
    'github',
    '--preset',
    'aws',
  );
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Wrote 13 files to ') });
  const folder = join(root, 'several');
  const checked = await valetkey('policy', 'check', '--strict', '--policy', folder);
  expect(checked.out).toContain('is valid');
  expect(checked.code).toBe(0);
  const tested = await valetkey('policy', 'test', '--min-coverage', '100', '--policy', folder);
  expect(tested.code).toBe(0);
  const issuers = readFileSync(join(folder, 'issuers.yaml'), 'utf8');
  for (const name of ['okta', 'github', 'aws']) {
    for (const source of preset(name).sources) expect(issuers).toContain(source);
  }
});

test('nothing is overwritten', async () => {
  mkdirSync(join(root, 'taken'));
  writeFileSync(join(root, 'taken', 'issuers.yaml'), 'mine');
  const { code, err } = await init('taken', '--preset', 'github');
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('is not empty') });
  expect(readdirSync(join(root, 'taken'))).toEqual(['issuers.yaml']);
  expect(readFileSync(join(root, 'taken', 'issuers.yaml'), 'utf8')).toBe('mine');
});

describe('a folder that cannot be written', () => {
  const refused = async (folder: string, message: RegExp) => {
    const { code, out, err } = await valetkey('policy', 'init', folder, '--preset', 'github');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/internal error|ENO|EACCES|EEXIST/i);
  };

  test('without a name is refused, and the working directory stays as it is', async () => {
    await refused('', /name of the folder is empty/);
    await refused('  ', /name of the folder is empty/);
    expect(['issuers.yaml', 'entitlements', 'cases'].filter((name) => existsSync(name))).toEqual(
      [],
    );
  });

  test('that is a file, or lies in one, is refused', async () => {
    writeFileSync(join(root, 'file'), 'mine');
    await refused(join(root, 'file'), /file is not a folder/);
    await refused(join(root, 'file', 'below'), /file is not a folder/);
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('mine');
  });

  test('that is a link to nothing, or to itself, is refused', async () => {
    symlinkSync(join(root, 'nothing'), join(root, 'dangling'));
    symlinkSync(join(root, 'loop'), join(root, 'loop'));
    await refused(join(root, 'dangling'), /dangling is a link to nothing/);
    await refused(join(root, 'loop'), /loop is a link to nothing/);
    await refused(join(root, 'dangling', 'below'), /dangling is a link to nothing/);
    expect(existsSync(join(root, 'nothing'))).toBe(false);
  });

  test('in which nobody may write is named, with the system’s reason', async () => {
    // Not even root may make a folder there.
    const target = process.platform === 'linux' ? '/sys/valetkey-init' : '/valetkey-init';
    const { code, err } = await valetkey('policy', 'init', target, '--preset', 'github');
    expect(code).toBe(2);
    expect(err).toMatch(/Cannot write to \S+ \(E(PERM|ACCES|ROFS|NOENT)\)\.\nName a new folder/);
  });

  test('is a link to an empty folder, which is fine', async () => {
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'link'));
    expect(await init('link', '--preset', 'github')).toMatchObject({ code: 0 });
    expect(existsSync(join(root, 'real', 'issuers.yaml'))).toBe(true);
  });
});

test.each<[string, RegExp]>([
  ['./', /\.\/ is not a file/],
  ['presets/', /presets\/ is not a file/],
  ['presets/github.yaml/x', /does not exist/],
  ['', /There is no preset ""/],
])('the preset "%s" is no file', async (given, message) => {
  const { code, out, err } = await init('no-file', '--preset', given);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
  expect(existsSync(join(root, 'no-file'))).toBe(false);
});

test('an unknown preset is named, with those that there are', async () => {
  const { code, err } = await init('unknown', '--preset', 'jenkins');
  expect(code).toBe(2);
  expect(err).toContain('There is no preset "jenkins"');
  expect(err).toContain('github');
  expect(existsSync(join(root, 'unknown'))).toBe(false);
});

const text = readFileSync('presets/gitlab.yaml', 'utf8');

test('a file of the same format is a preset too', async () => {
  const file = written(
    'own/forge.yaml',
    text.replace('url: https://gitlab.com', 'url: https://git.acme.example'),
  );
  expect(await init('own', '--preset', file)).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, 'own', 'issuers.yaml'), 'utf8')).toContain(
    'https://git.acme.example',
  );
  const { err } = await init('own-2', '--preset', './no/such.yaml');
  expect(err).toContain('does not exist');
});

test('a preset with a mistake, or one that does not fit the others, writes nothing', async () => {
  const odd = written('odd/odd.yaml', text.replace('for: jobs', 'for: robots'));
  const shape = await init('odd', '--preset', odd);
  expect(shape.code).toBe(2);
  expect(shape.err).toMatch(/odd\.yaml:\d+: for: /);
  const wrong = written('wrong/wrong.yaml', text.replace('type: Workload', 'type: Robot'));
  const invalid = await init('wrong', '--preset', wrong);
  expect(invalid.code).toBe(1);
  expect(invalid.out).toMatch(/issuers\.yaml:\d+: .*type/);
  const other = written('other/gitlab-2.yaml', text.replace('maxDuration: 1h', 'maxDuration: 2h'));
  const clash = await init('clash', '--preset', 'gitlab', '--preset', other);
  expect(clash.err).toContain('different texts for entitlements/gitlab-deploy.yaml');
  expect(['odd', 'wrong', 'clash'].filter((name) => existsSync(join(root, name)))).toEqual([]);
});

test('a preset that is named twice is there once', async () => {
  expect(await init('twice', '--preset', 'spiffe', '--preset', 'spiffe')).toMatchObject({
    code: 0,
  });
});
