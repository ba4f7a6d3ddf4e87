import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Settings and tokens: `VALETKEY_HOME`, else where the XDG Base Directory Specification says. */
export function homeFolder(env: Env = process.env): string {
  const base = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return env['VALETKEY_HOME'] || join(base, 'valetkey');
}

/**
 * Keys that `credential-process` may answer again. The runtime folder of the session, where there is
 * one, lies in memory and goes when the user signs out (XDG Base Directory Specification).
 */
export function cacheFolder(env: Env = process.env): string {
  const runtime = env['VALETKEY_HOME'] ? '' : (env['XDG_RUNTIME_DIR'] ?? '');
  return runtime === '' ? join(homeFolder(env), 'cache') : join(runtime, 'valetkey');
}
