import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * AWS files as people have them, which readers of the SDKs understand differently: keys of somebody else that
 * must not win under `exec`, and settings that should stay.
 */

export type OddFiles = {
  readonly what: string;
  /** Texts by path in the home folder; one character is one byte. A path that ends in / is a folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Variables; `HOME` in a value is the home folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** The Region that a command should get; none by default. */
  readonly region?: string;
  /** Files with keys of other profiles alone, which no command would use. */
  readonly unused?: readonly string[];
  /** Whether the command refuses to start; the message says why. */
  readonly refused?: RegExp;
};

/** The access key id of somebody else. No SDK under `exec` may use it. */
export const OLD_KEY = 'AKIDOLDKEYOFSOMEBODY';
const ID = `aws_access_key_id = ${OLD_KEY}`;
const SECRET = 'aws_secret_access_key = old/secret+of/somebody';
const KEYS = `${ID}\n${SECRET}\n`;
const CONFIG = '.aws/config';
const CREDENTIALS = '.aws/credentials';
/** What answers with the old keys, for `credential_process`. */
const PROCESS = `echo {"Version":1,"AccessKeyId":"${OLD_KEY}","SecretAccessKey":"old"}`;

export const ODD_AWS_FILES: readonly OddFiles[] = [
  { what: 'no files', files: {} },
  { what: 'plain keys in the credentials file', files: { [CREDENTIALS]: `[default]\n${KEYS}` } },
  {
    what: 'plain keys in the config file, and a Region',
    files: { [CONFIG]: `[default]\nregion = eu-west-3\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: 'keys indented by spaces',
    files: { [CREDENTIALS]: `[default]\n  ${ID}\n  ${SECRET}\n` },
  },
  {
    what: 'keys and Region indented by a tab',
    files: { [CONFIG]: `[default]\n\t${ID}\n\t${SECRET}\n\tregion = eu-west-3\n` },
    region: 'eu-west-3',
  },
  {
    what: 'keys indented below a setting',
    files: { [CONFIG]: `[default]\nregion = eu-west-3\n  ${ID}\n  ${SECRET}\n` },
    region: 'eu-west-3',
  },
  {
    what: 'keys in a nested block',
    files: { [CONFIG]: `[default]\nregion = eu-west-3\ns3 =\n  ${ID}\n  ${SECRET}\n` },
    region: 'eu-west-3',
  },
  {
    what: 'key: value',
    files: {
      [CREDENTIALS]: `[default]\n${KEYS.replaceAll(' =', ':')}`,
      [CONFIG]: '[default]\nregion: eu-west-3\n',
    },
    region: 'eu-west-3',
  },
  {
    what: 'carriage returns before line feeds',
    files: {
      [CREDENTIALS]: `[default]\n${KEYS}`.replaceAll('\n', '\r\n'),
      [CONFIG]: '[default]\r\nregion = eu-west-3\r\n',
    },
    region: 'eu-west-3',
  },
  {
    what: 'carriage returns alone',
    files: { [CONFIG]: `[default]\rregion = eu-west-3\r${KEYS.replaceAll('\n', '\r')}` },
    region: 'eu-west-3',
  },
  {
    what: 'a byte order mark',
    files: { [CONFIG]: `\xef\xbb\xbf[default]\nregion = eu-west-3\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: '[profile "default"]',
    files: { [CONFIG]: `[profile "default"]\nregion = eu-west-3\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: '[profile default] beside [default]',
    files: { [CONFIG]: `[default]\noutput = text\n[profile default]\nregion = eu-west-3\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: 'spaces in the header',
    files: { [CREDENTIALS]: `[ default ]\n${KEYS}`, [CONFIG]: `[  default  ]\n${KEYS}` },
  },
  {
    what: 'names of settings in capitals',
    files: {
      [CREDENTIALS]: `[default]\n${KEYS.replaceAll('aws', 'AWS').replaceAll('key', 'KEY')}`,
    },
  },
  {
    what: 'a section twice',
    files: { [CONFIG]: `[default]\nregion = eu-west-3\n[default]\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: 'an indented credential_process',
    files: { [CONFIG]: `[default]\n  credential_process = ${PROCESS}\n` },
  },
  {
    what: 'a credential_process in the credentials file',
    files: { [CREDENTIALS]: `[default]\ncredential_process = ${PROCESS}\n` },
  },
  {
    what: 'a role with a source profile',
    files: {
      [CONFIG]: `[default]\nrole_arn = arn:aws:iam::111122223333:role/old\nsource_profile = base\nregion = eu-west-3\n[profile base]\n${KEYS}`,
    },
    region: 'eu-west-3',
  },
  {
    what: 'a sign-in with IAM Identity Center',
    files: {
      [CONFIG]:
        '[default]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = old\n[sso-session acme]\nsso_region = eu-west-3\nsso_start_url = https://acme.example/start\n',
    },
  },
  { what: '~/.boto', files: { '.boto': `[Credentials]\n${KEYS}` } },
  {
    what: 'BOTO_CONFIG',
    files: { 'boto.cfg': `[Credentials]\n${KEYS}` },
    env: { BOTO_CONFIG: 'HOME/boto.cfg' },
  },
  {
    what: 'AWS_CREDENTIAL_FILE of the first AWS tools',
    files: { old: `AWSAccessKeyId=${OLD_KEY}\nAWSSecretKey=old\n` },
    env: { AWS_CREDENTIAL_FILE: 'HOME/old' },
  },
  {
    what: 'the second names of variables',
    files: {},
    env: {
      AWS_ACCESS_KEY: OLD_KEY,
      AWS_SECRET_KEY: 'old',
      AMAZON_ACCESS_KEY_ID: OLD_KEY,
      AMAZON_SECRET_ACCESS_KEY: 'old',
    },
  },
  {
    what: 'a profile in the environment, with quotes in the file',
    files: { [CONFIG]: `[profile "n1"]\nregion = eu-west-3\n${KEYS}` },
    env: { AWS_PROFILE: 'n1' },
    region: 'eu-west-3',
  },
  {
    what: 'a profile in the environment that is in no file',
    files: { [CREDENTIALS]: `[default]\n${KEYS}` },
    env: { AWS_DEFAULT_PROFILE: 'nowhere' },
  },
  {
    what: 'a comment behind the Region',
    files: { [CONFIG]: `[default]\nregion = eu-west-3 # home\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: 'a semicolon behind the Region',
    files: { [CONFIG]: `[default]\nregion = eu-west-3 ; home\n${KEYS}` },
    region: 'eu-west-3',
  },
  {
    what: 'Latin-1 bytes',
    files: {
      [CONFIG]: `# f\xfcr zu Hause\n[default]\nregion = eu-west-3\nca_bundle = /home/j\xfcrgen/ca.pem\n[profile j\xfcrgen]\n${KEYS}`,
      [CREDENTIALS]: `# f\xfcr zu Hause\n[default]\n${KEYS}`,
    },
    unused: [CONFIG],
    region: 'eu-west-3',
  },
  {
    what: 'other paths with ~',
    files: {
      'my/config': `[default]\nregion = eu-west-3\n${KEYS}`,
      'my/keys': `[default]\n${KEYS}`,
    },
    env: { AWS_CONFIG_FILE: '~/my/config', AWS_SHARED_CREDENTIALS_FILE: '~/my/keys' },
    region: 'eu-west-3',
  },
  {
    what: 'other paths with a variable',
    files: { 'my/config': `[default]\nregion = eu-west-3\n${KEYS}` },
    env: { AWS_CONFIG_FILE: '${DOTS}/my/config', DOTS: 'HOME' },
    region: 'eu-west-3',
  },
  {
    what: 'other paths that are relative',
    files: {
      'my/config': `[default]\nregion = eu-west-3\n${KEYS}`,
      'my/keys': `[default]\n${KEYS}`,
    },
    env: { AWS_CONFIG_FILE: 'my/config', AWS_SHARED_CREDENTIALS_FILE: 'my/keys' },
    region: 'eu-west-3',
  },
  { what: 'a folder where the credentials file should be', files: { [`${CREDENTIALS}/`]: '' } },
  {
    what: 'a folder where the config file should be',
    files: { [`${CONFIG}/`]: '' },
    refused: /\.aws\/config: it is a folder/,
  },
  {
    what: 'lines that are no settings',
    files: {
      [CONFIG]: `aws_access_key_id = ${OLD_KEY}\n[default\n${KEYS}[default]\nregion = eu-west-3\n<<<<<<< ours\n${KEYS}`,
      [CREDENTIALS]: `${KEYS}[default]\n${KEYS}=======\n`,
    },
    region: 'eu-west-3',
  },
];

/** Writes the files of a case into a home folder, and returns its variables. */
export function writeOddFiles(home: string, { files, env = {} }: OddFiles): Record<string, string> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, text, 'latin1');
  }
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('HOME', home)]),
  );
}
