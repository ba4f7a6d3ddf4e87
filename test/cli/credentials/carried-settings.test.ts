import { expect, test } from '@jest/globals';
import { carriedSettings } from '../../../cli/credentials/carried-settings.ts';

const CONFIG = `
[default]
region = eu-west-3
output = text
cli_pager =
[profile work]
region = us-east-2 # office
retry_mode = adaptive
services = local
s3 =
  addressing_style = path
  aws_secret_access_key = hidden
role_arn = arn:aws:iam::111122223333:role/x
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/ana
color = red
[profile "two words"]
output = json
[services local]
s3 =
  endpoint_url = http://localhost:4566
  credential_process = hidden
[sso-session acme]
sso_start_url = https://acme.example/start
[plugins]
endpoint = awscli_plugin_endpoint
`;

test('the chosen profile becomes the default one, and the others stay without credentials', () => {
  const { text, leftOut, region } = carriedSettings(CONFIG, 'work');
  const work = [
    'region = us-east-2',
    'retry_mode = adaptive',
    'services = local',
    's3 =',
    '  addressing_style = path',
  ];
  expect(text.trim().split('\n')).toEqual([
    '[default]',
    ...work,
    '[profile work]',
    ...work,
    '[services local]',
    's3 =',
    '  endpoint_url = http://localhost:4566',
  ]);
  expect(region).toBe('us-east-2');
  expect(leftOut).toEqual(['color', '[plugins]']);
});

test('without a chosen profile the default one stays', () => {
  const { text } = carriedSettings(CONFIG, 'default');
  expect(text).toMatch(/^\[default\]\nregion = eu-west-3\noutput = text\n\[profile work\]\n/);
});

test.each([
  ['a Region that is none', 'region = eu west', 'region'],
  ['a value that begins like a section', 'output = [default]', 'output'],
  ['a value outside of ASCII', 'ca_bundle = /home/jürgen/ca.pem', 'ca_bundle'],
  ['a block that nobody knows', 'x =\n  endpoint_url = y', 'x.endpoint_url'],
  ['another setting of a known block', 's3 =\n  endpoint_url = y', 's3.endpoint_url'],
])('%s is left out, and named', (_, line, name) => {
  const { text, leftOut } = carriedSettings(`[default]\n${line}\n`, 'default');
  expect({ text, leftOut }).toEqual({ text: '[default]\n', leftOut: [name] });
});

test('a profile that is nowhere has no settings', () => {
  expect(carriedSettings('', 'x')).toEqual({ text: '[default]\n', leftOut: [], region: null });
});
