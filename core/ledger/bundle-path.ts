/** Where the policy bundles that were in force are, beside the files of the log: compiled, and as they were written. */

/** @param hash `sha256:…` of the file's own bytes, so that the name says what has to be in it. */
export function bundlePath(hash: string): string {
  return `bundle/${hash.replace(':', '-')}.json`;
}

const PATH = /^bundle\/sha256-([0-9a-f]{64})\.json$/;

/** The hash that a path names, as {@link bundlePath} takes it; null for a text that is no such path. */
export function hashOfBundlePath(path: string): string | null {
  const found = PATH.exec(path);
  return found === null ? null : `sha256:${found[1]}`;
}

/**
 * Where the files are that a bundle was compiled from.
 *
 * @param hash The bundle's own, which decisions record: it is that of the file's bytes.
 */
export function sourcePath(hash: string): string {
  return `bundle/source/${hash.replace(':', '-')}.json`;
}

export function isSourcePath(path: string): boolean {
  return /^bundle\/source\/sha256-[0-9a-f]{64}\.json$/.test(path);
}
