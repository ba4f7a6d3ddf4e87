import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The folder of settings and tokens: `VALETKEY_HOME`, else the one of the XDG Base Directory Specification. */
export function homeFolder(env: Env = process.env): string {
  const base = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return env['VALETKEY_HOME'] || join(base, 'valetkey');
}

/**
 * The folder of the credentials that `credential-process` caches: if possible in the runtime folder of
 * the session, which is in memory and removed at sign-out (XDG Base Directory Specification).
 */
export function cacheFolder(env: Env = process.env): string {
  const runtime = env['VALETKEY_HOME'] ? '' : (env['XDG_RUNTIME_DIR'] ?? '');
  return runtime === '' ? join(homeFolder(env), 'cache') : join(runtime, 'valetkey');
}
