/**
 * IAM's wildcards: `*` is any text, `?` any one character. Containment of one pattern in another is
 * decided on the patterns themselves, so that it holds for every text that they could ever match.
 */

const IAM_VARIABLE = /\$\{[^}]*\}/g;

/**
 * Whether everything that `inner` matches is matched by `outer`, proved symbol by symbol: a `*` of
 * `outer` takes any symbols of `inner`, its `?` takes a character or a `?`, a character takes itself.
 *
 * Exact for all patterns but those with an IAM variable, which are contained in themselves and in
 * `*` only. Runs of wildcards are brought into one form first, so that `*?` and `?*` count as the
 * same. Takes time proportional to the product of both lengths at most.
 */
export function contains(outer: string, inner: string): boolean {
  if (outer.includes('$') || inner.includes('$')) return outer === inner || outer === '*';
  const wide = canonical(outer);
  const narrow = canonical(inner);
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < narrow.length) {
    const symbol = wide[place];
    if (symbol === '*') {
      star = place;
      resume = at;
      place += 1;
    } else if (symbol !== undefined && takes(symbol, narrow[at])) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      place = star + 1;
    } else {
      return false;
    }
  }
  while (wide[place] === '*') place += 1;
  return place === wide.length;
}

/** Actions are matched without regard to case (IAM User Guide, "IAM JSON policy elements: Action"). */
export function containsAction(outer: string, inner: string): boolean {
  return contains(outer.toLowerCase(), inner.toLowerCase());
}

/**
 * Resources are matched with regard to case, and each part of an ARN by itself, so that no wildcard
 * reaches over a colon (IAM User Guide, "IAM JSON policy elements: Resource").
 */
export function containsResource(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  const [wide, narrow] = [arnParts(outer), arnParts(inner)];
  if (wide === null || narrow === null) return false;
  return wide.every((part, index) => contains(part, narrow[index] ?? ''));
}

/** arn : partition : service : region : account : the rest. Variables have colons of their own. */
function arnParts(pattern: string): readonly string[] | null {
  const parts = pattern.replace(IAM_VARIABLE, (it) => it.replaceAll(':', ' ')).split(':');
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function takes(symbol: string, other: string | undefined): boolean {
  if (other === '*') return false;
  return symbol === '?' || symbol === other;
}

/** A run of `?` with a `*` in it may have one everywhere: `?*` is `*?*`, one character or more. */
function canonical(pattern: string): string {
  return pattern.replace(/[*?]+/g, (run) =>
    run.includes('*') ? `*${run.replaceAll('*', '').replaceAll('?', '?*')}` : run,
  );
}

/** Of several candidates the one that shares the longest beginning with `text`. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  const shared = (candidate: string): number => {
    let length = 0;
    while (length < text.length && text[length] === candidate[length]) length += 1;
    return length;
  };
  const sorted = candidates.toSorted((a, b) => shared(b) - shared(a));
  return sorted[0] ?? null;
}
