import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Reads the AWS configuration files of the user. */

type Env = Readonly<Record<string, string | undefined>>;

export function configFile(env: Env = process.env): string {
  return env['AWS_CONFIG_FILE'] || join(homedir(), '.aws', 'config');
}

export function credentialsFile(env: Env = process.env): string {
  return env['AWS_SHARED_CREDENTIALS_FILE'] || join(homedir(), '.aws', 'credentials');
}

/** Settings of a profile that contain credentials or say where to get them. */
const CREDENTIAL_SETTING =
  /^(aws_access_key_id|aws_secret_access_key|aws_session_token|credential_process|credential_source|role_arn|source_profile|web_identity_token_file|sso_\w+|login_session)$/;

type Line = { readonly text: string; readonly section: string; readonly setting: string | null };

/** Every line with its section; names of settings in lower case, as the AWS tools read them. */
export function linesOf(text: string): readonly Line[] {
  let section = '';
  return text.split('\n').map((line) => {
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header !== null) section = (header[1] ?? '').trim().replaceAll(/\s+/g, ' ');
    const name = header === null ? /^([\w-]+)\s*=/.exec(line)?.[1] : undefined;
    return { text: line, section, setting: name?.toLowerCase() ?? null };
  });
}

/** The sections of a file that have credentials or say where to get them. */
export function sectionsWithCredentials(text: string): readonly string[] {
  const found = linesOf(text).filter(
    ({ setting }) => setting !== null && CREDENTIAL_SETTING.test(setting),
  );
  return [...new Set(found.map(({ section }) => section))];
}

/** The Region of a profile; null if it sets none. */
export function regionOf(profile: string, env: Env = process.env): string | null {
  const header = profile === 'default' ? 'default' : `profile ${profile}`;
  const line = linesOf(readText(configFile(env)) ?? '').find(
    ({ section, setting }) => section === header && setting === 'region',
  );
  return line === undefined ? null : (line.text.split('=')[1]?.trim() ?? null);
}

export type Shield = {
  /** Variables for the child, so that the default profile does not take precedence. */
  readonly variables: Readonly<Record<string, string>>;
  /** The files whose credentials the child does not see. */
  readonly passedOver: readonly string[];
  readonly remove: () => void;
};

/**
 * Hides the credentials of the default profile, which SDKs use before they ask an endpoint. The child
 * reads a copy of the configuration without them; all other settings stay, and no secret is copied.
 */
export function shieldFromFiles(env: Env = process.env): Shield {
  const variables: Record<string, string> = {};
  const passedOver: string[] = [];
  const shared = readText(credentialsFile(env));
  if (shared !== null && sectionsWithCredentials(shared).includes('default')) {
    variables['AWS_SHARED_CREDENTIALS_FILE'] = devNull;
    passedOver.push(credentialsFile(env));
  }
  const config = readText(configFile(env));
  let folder: string | null = null;
  if (
    config !== null &&
    sectionsWithCredentials(config).some((name) => /^(profile )?default$/.test(name))
  ) {
    folder = mkdtempSync(join(tmpdir(), 'valetkey-'));
    const copy = join(folder, 'config');
    writeFileSync(copy, withoutCredentials(config), { mode: 0o600 });
    variables['AWS_CONFIG_FILE'] = copy;
    passedOver.push(configFile(env));
  }
  const remove = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  return { variables, passedOver, remove };
}

function withoutCredentials(config: string): string {
  return linesOf(config)
    .filter(({ section, setting }) => {
      if (setting === null || !CREDENTIAL_SETTING.test(setting)) return true;
      return !/^(profile )?default$/.test(section) && !setting.startsWith('aws_');
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
