import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The AWS configuration files of the user. */

type Env = Readonly<Record<string, string | undefined>>;

export function configFile(env: Env = process.env): string {
  return env['AWS_CONFIG_FILE'] || join(homedir(), '.aws', 'config');
}

export function credentialsFile(env: Env = process.env): string {
  return env['AWS_SHARED_CREDENTIALS_FILE'] || join(homedir(), '.aws', 'credentials');
}

/** Settings of a profile that give keys, or lead to where keys are. */
const GIVES_KEYS =
  /^(aws_access_key_id|aws_secret_access_key|aws_session_token|credential_process|credential_source|role_arn|source_profile|web_identity_token_file|sso_\w+|login_session)$/;

type Line = { readonly text: string; readonly section: string; readonly key: string | null };

/** Every line with the section that it stands in; keys in lower case, as the tools read them. */
export function linesOf(text: string): readonly Line[] {
  let section = '';
  return text.split('\n').map((line) => {
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header !== null) section = (header[1] ?? '').trim().replaceAll(/\s+/g, ' ');
    const key = header === null ? (/^([\w-]+)\s*=/.exec(line)?.[1]?.toLowerCase() ?? null) : null;
    return { text: line, section, key };
  });
}

/** Sections of a file whose settings give keys. */
export function sectionsWithKeys(text: string): readonly string[] {
  const giving = linesOf(text).filter(({ key }) => key !== null && GIVES_KEYS.test(key));
  return [...new Set(giving.map(({ section }) => section))];
}

/** The Region of a profile, which its user would lose with the profile. */
export function regionOf(profile: string, env: Env = process.env): string | null {
  const header = profile === 'default' ? 'default' : `profile ${profile}`;
  const line = linesOf(readText(configFile(env)) ?? '').find(
    ({ section, key }) => section === header && key === 'region',
  );
  return line === undefined ? null : (line.text.split('=')[1]?.trim() ?? null);
}

export type Shield = {
  /** What the child's environment needs so that the default profile does not win. */
  readonly variables: Readonly<Record<string, string>>;
  /** What is passed over, for people. */
  readonly passedOver: readonly string[];
  readonly remove: () => void;
};

/**
 * SDKs take keys of the default profile before they ask an endpoint. Where it has any, the child reads
 * a copy of the configuration without them; no other setting is lost, and no key is copied.
 */
export function shieldFromFiles(env: Env = process.env): Shield {
  const variables: Record<string, string> = {};
  const passedOver: string[] = [];
  const keys = readText(credentialsFile(env));
  if (keys !== null && sectionsWithKeys(keys).includes('default')) {
    variables['AWS_SHARED_CREDENTIALS_FILE'] = devNull;
    passedOver.push(credentialsFile(env));
  }
  const config = readText(configFile(env));
  let folder: string | null = null;
  if (
    config !== null &&
    sectionsWithKeys(config).some((name) => /^(profile )?default$/.test(name))
  ) {
    folder = mkdtempSync(join(tmpdir(), 'valetkey-'));
    const copy = join(folder, 'config');
    writeFileSync(copy, withoutKeys(config), { mode: 0o600 });
    variables['AWS_CONFIG_FILE'] = copy;
    passedOver.push(configFile(env));
  }
  const remove = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  return { variables, passedOver, remove };
}

function withoutKeys(config: string): string {
  return linesOf(config)
    .filter(({ section, key }) => {
      if (key === null || !GIVES_KEYS.test(key)) return true;
      return !/^(profile )?default$/.test(section) && !key.startsWith('aws_');
    })
    .map(({ text }) => text)
    .join('\n');
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
