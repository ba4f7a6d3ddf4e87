import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The folder of settings and tokens: `VALETKEY_HOME`, else the one of the XDG Base Directory Specification. */
export function homeFolder(env: Env = process.env): string {
  const own = env['VALETKEY_HOME'];
  if (own) return fullPath(own);
  return join(xdg(env['XDG_CONFIG_HOME']) ?? join(homedir(), '.config'), 'valetkey');
}

/**
 * The folder of the credentials that `credential-process` caches: if possible in the runtime folder of
 * the session, which is in memory and removed at sign-out (XDG Base Directory Specification).
 */
export function cacheFolder(env: Env = process.env): string {
  const runtime = env['VALETKEY_HOME'] ? null : xdg(env['XDG_RUNTIME_DIR']);
  return runtime === null ? join(homeFolder(env), 'cache') : join(runtime, 'valetkey');
}

/** An absolute path; `~` is the home folder, also where no shell has expanded it. */
export function fullPath(path: string): string {
  return resolve(withHome(path));
}

/** The specification says to ignore relative paths. */
function xdg(value: string | undefined): string | null {
  const path = withHome(value ?? '');
  return isAbsolute(path) ? path : null;
}

function withHome(path: string): string {
  return path.replace(/^~(?=$|[/\\])/, () => homedir());
}
