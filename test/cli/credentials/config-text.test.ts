import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { profilesIn, withoutProfile, withProfile } from '../../../cli/credentials/config-text.ts';

const BEGIN = '# valetkey begin: changed by `valetkey profile`';
const END = '# valetkey end';
const COMMAND = '/home/ana/.config/valetkey/bin/valetkey credential-process @releases';
const BLOCK = `${BEGIN}\ncredential_process = ${COMMAND}\n${END}\n`;
const IN_EU = BLOCK.replace(END, `region = eu-central-1\n${END}`);
const add = (text: string, region?: string) =>
  withProfile(text, 'releases', {
    credential_process: COMMAND,
    ...(region !== undefined && { region }),
  });

describe('a new profile', () => {
  test.each([
    ['an empty file', '', ''],
    ['a file', '[default]\noutput = json\n', '[default]\noutput = json\n\n'],
    ['a file that ends with a blank line', '[default]\n\n', '[default]\n\n\n'],
    ['a file without a last line end', '# mine', '# mine\n\n'],
  ])('is added at the end of %s', (_, before, kept) => {
    expect(add(before).text).toBe(`${kept}[profile releases]\n${BLOCK}`);
  });

  test('has the line ends of the file', () => {
    expect(add('[default]\r\n').text).toBe(
      `[default]\r\n\r\n[profile releases]\r\n${BLOCK.replaceAll('\n', '\r\n')}`,
    );
  });

  test('of the name default has the header that all SDKs read', () => {
    const { text } = withProfile('', 'default', { credential_process: COMMAND });
    expect(text).toBe(`[default]\n${BLOCK}`);
  });
});

describe('an existing profile', () => {
  test.each([
    '[profile releases]',
    '[profile "releases"]',
    "[profile 'releases']",
    '[ profile   releases ] # mine',
    '\xef\xbb\xbf[profile releases]',
  ])('is found by its header %s, and not doubled', (header) => {
    expect(add(`${header}\noutput = json\n`).text).toBe(`${header}\noutput = json\n${BLOCK}`);
  });

  test('keeps its settings, its comments and those of its neighbours', () => {
    const before = `# first
[profile a]
region = us-east-1

# about releases
[profile releases]
# mine
output = json
s3 =
  max_concurrent_requests = 20
  region = nested

# about b: caf\xe9
[profile b]
region = us-east-2
`;
    const { text, replaced } = add(before, 'eu-central-1');
    expect(text).toBe(before.replace('nested\n', `nested\n${IN_EU}`));
    expect(replaced).toEqual([]);
  });

  test('loses the settings that would take precedence, with the lines that continue them', () => {
    const before = `[profile releases]
sso_session = work
  continued
Role_Arn: arn
output = json
  credential_process = other
region = us-east-1
`;
    const { text, replaced } = add(before, 'eu-central-1');
    expect(text).toBe(`[profile releases]\noutput = json\n${IN_EU}`);
    expect(replaced).toEqual(['sso_session', 'role_arn', 'credential_process', 'region']);
  });

  test('keeps settings that are all indented', () => {
    const before = '[profile releases]\n  region = us-east-1\n  output = json\n';
    expect(add(before, 'eu-central-1').text).toBe(`[profile releases]\n  output = json\n${IN_EU}`);
  });

  test('keeps its Region if none is given', () => {
    const own = '[profile releases]\nregion = us-east-1\n';
    expect(add(own).text).toBe(`${own}${BLOCK}`);
    const ours = add('', 'eu-central-1').text;
    expect(add(ours).text).toBe(ours);
    expect(add(ours, 'us-west-2').text).toBe(ours.replace('eu-central-1', 'us-west-2'));
  });

  test('of an earlier version is replaced, without a word about its command', () => {
    const before =
      '[profile releases]\ncredential_process = node x/valetkey.cjs credential-process a\n';
    expect(add(before)).toEqual({ text: `[profile releases]\n${BLOCK}`, replaced: [] });
  });

  test('keeps what somebody wrote between the comments of valetkey', () => {
    const before = `[profile releases]\n${BLOCK.replace(END, `output = json\n${END}`)}`;
    expect(add(before).text).toBe(`[profile releases]\noutput = json\n${BLOCK}`);
  });
});

describe('removing', () => {
  const neighbours = '[profile a]\nregion = x\n\n[profile b]\nregion = y\n';

  test('takes away what was added, and nothing else', () => {
    expect(withoutProfile(add(neighbours).text, 'releases')).toEqual({
      text: neighbours,
      left: [],
    });
    const crlf = neighbours.replaceAll('\n', '\r\n');
    expect(withoutProfile(add(crlf).text, 'releases').text).toBe(crlf);
    expect(withoutProfile(add('').text, 'releases').text).toBe('');
  });

  test('leaves the profile if there is more in it', () => {
    const own = `[profile releases]\noutput = json\n\n${neighbours}`;
    const after = withoutProfile(add(own, 'eu-central-1').text, 'releases');
    expect(after).toEqual({ text: own, left: ['output'] });
  });

  test('leaves comments', () => {
    const text = `[profile releases]\n# mine\n${BLOCK}# about b\n[profile b]\n`;
    expect(withoutProfile(text, 'releases').text).toBe('# mine\n# about b\n[profile b]\n');
  });

  test('leaves other profiles as they are', () => {
    expect(withoutProfile(neighbours, 'releases')).toEqual({ text: neighbours, left: [] });
    expect(withoutProfile(neighbours, 'a').left).toEqual(['region']);
  });
});

test('profiles are found with their commands', () => {
  const text = `${add('[default]\nregion = x\n').text}[sso-session x]\ncredential_process = y\n`;
  expect(profilesIn(text)).toEqual([
    { name: 'default', command: null, marked: false },
    { name: 'releases', command: COMMAND, marked: true },
  ]);
});

test('any file is the same, byte for byte, after a profile was added and removed', () => {
  const line = fc.constantFrom(
    '[profile a]',
    '[default]',
    'region = x',
    '  output: json',
    '# caf\xe9',
    '',
    '\t; x',
    's3 =',
    '\xff',
  );
  const eol = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(fc.array(line), eol, (lines, end) => {
      const text = lines.map((one) => `${one}${end}`).join('');
      const added = add(text, 'eu-central-1').text;
      expect(added.startsWith(text)).toBe(true);
      expect(profilesIn(added).at(-1)).toMatchObject({ name: 'releases', command: COMMAND });
      expect(add(added, 'eu-central-1').text).toBe(added);
      expect(withoutProfile(added, 'releases').text).toBe(text);
    }),
  );
});
