import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fullPath, homeFolder } from '../folders.ts';
import { writePrivate } from '../private-file.ts';

/** What a profile of the AWS config file runs: a path that stays, whatever becomes of Node and npm. */

const SCRIPT = realpathSync(process.argv[1] ?? '');

/** Whether the command runs from the cache of npx, which npm may empty. */
export function runsFromNpx(script = SCRIPT): boolean {
  return /[/\\]_npx[/\\]/.test(script);
}

/**
 * Writes a small shell script next to the settings, and returns its path. On Windows, where not every
 * SDK can run a script, it is Node and the command.
 */
export function launcher(platform: NodeJS.Platform = process.platform): readonly string[] {
  if (platform === 'win32') return [process.execPath, SCRIPT];
  const path = join(homeFolder(), 'bin', 'valetkey');
  writePrivate(path, launcherText(process.execPath, SCRIPT, process.env), 0o700);
  return [path];
}

/**
 * Runs the command that wrote it; if that has gone with an upgrade, the one in PATH. Tools that were not
 * started from a shell have a short PATH, without the folders of Homebrew and npm. They do not have the
 * variables of the shell either, so the folder of the settings is written down if it is not the usual one.
 */
export function launcherText(
  node: string,
  script: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const folders = ['VALETKEY_HOME', 'XDG_CONFIG_HOME'].flatMap((name) => {
    const value = env[name];
    return value ? [`export ${name}=${quoted(fullPath(value))}`] : [];
  });
  return `#!/bin/sh
# Profiles of the AWS config file run this. Written by \`valetkey profile add\`.
${folders.map((line) => `${line}\n`).join('')}node=${quoted(node)}
script=${quoted(script)}
if [ -x "$node" ] && [ -f "$script" ]; then exec "$node" "$script" "$@"; fi
export PATH="$PATH:/opt/homebrew/bin:/usr/local/bin:$HOME/.local/bin"
if command -v valetkey >/dev/null; then exec valetkey "$@"; fi
echo "valetkey: $script has gone, and there is no valetkey in PATH." >&2
echo "Install it, and add the profile again: valetkey profile add NAME @NAME --replace" >&2
exit 127
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
