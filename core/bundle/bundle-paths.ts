import { err, ok, type Result } from '../result.ts';

/** Which files make a policy bundle, by their paths in its folder. In the order in which they are read. */
const PARTS = [
  /^issuers\.yaml$/,
  /^limits\.yaml$/,
  /^entitlements\/[^/]+\.ya?ml$/,
  /^policies\/[^/]+\.cedar$/,
  /^cases\/[^/]+\.ya?ml$/,
];

/** Files that look as if they were meant to be part: by their ending, or because they are among the parts. */
const MEANT = /^(entitlements|policies|cases)\/|\.(cedar|ya?ml|json)([.~][^/]*|~)?$/i;
const ELSE = /(^|\/)([^/]+\.md|\.git[^/]*|\.DS_Store)$/;

const MOST_NAMED = 5;

/**
 * A rule that is written down must not be ignored silently, so every other file that could contain one is refused.
 *
 * @returns the paths that make the bundle, in the order in which they are read, or a sentence about those that would be
 *   ignored.
 */
export function bundlePaths(paths: readonly string[]): Result<readonly string[], string> {
  const ignored = paths.filter((path) => !isPart(path) && MEANT.test(path) && !ELSE.test(path));
  if (ignored.length === 0) {
    return ok(PARTS.flatMap((part) => paths.filter((path) => part.test(path))));
  }
  const named = ignored.slice(0, MOST_NAMED).join(', ');
  const more = ignored.length > MOST_NAMED ? ` and ${ignored.length - MOST_NAMED} more` : '';
  return err(
    `${named}${more} would be ignored; a bundle consists of issuers.yaml, limits.yaml, entitlements/*.yaml, policies/*.cedar and cases/*.yaml: move, rename or remove what is not one of them`,
  );
}

function isPart(path: string): boolean {
  return PARTS.some((part) => part.test(path));
}
