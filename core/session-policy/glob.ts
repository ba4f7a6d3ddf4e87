const IAM_VARIABLE = /\$\{[^}]*\}/g;

/**
 * Whether `outer` matches every text that `inner` matches, where `*` is any text and `?` is any one
 * character. This is decided on the patterns themselves, symbol by symbol: a `*` of `outer` covers any
 * symbols of `inner`, a `?` covers a character or a `?`, and a character covers itself.
 *
 * The answer is exact, except that a pattern with an IAM variable counts as contained only in itself
 * and in `*`. Runs of wildcards are brought into one form first, so that `*?` equals `?*`. The time is at
 * most proportional to the product of both lengths.
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
    } else if (symbol !== undefined && covers(symbol, narrow[at])) {
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

/** The same for actions, whose case IAM ignores (IAM User Guide, "IAM JSON policy elements: Action"). */
export function containsAction(outer: string, inner: string): boolean {
  return contains(outer.toLowerCase(), inner.toLowerCase());
}

/**
 * The same for resources, whose case matters. Each part of an ARN is compared separately, so that no
 * wildcard crosses a colon (IAM User Guide, "IAM JSON policy elements: Resource").
 */
export function containsResource(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  const [wide, narrow] = [arnParts(outer), arnParts(inner)];
  if (wide === null || narrow === null) return false;
  return wide.every((part, index) => contains(part, narrow[index] ?? ''));
}

/** The six parts: arn, partition, service, Region, account and the rest. Colons in variables do not count. */
function arnParts(pattern: string): readonly string[] | null {
  let start = 0;
  const parts = pattern
    .replace(IAM_VARIABLE, (variable) => '$'.repeat(variable.length))
    .split(':')
    .map(({ length }) => {
      const part = pattern.slice(start, start + length);
      start += length + 1;
      return part;
    });
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function covers(symbol: string, other: string | undefined): boolean {
  if (other === '*') return false;
  return symbol === '?' || symbol === other;
}

/** Writes a run of wildcards with a `*` in every place where one changes nothing: `?*` as `*?**`. */
function canonical(pattern: string): string {
  if (!/\*[*?]|\?\*/.test(pattern)) return pattern;
  return pattern.replace(/[*?]+/g, (run) =>
    run.includes('*') ? `*${run.replaceAll('?', '?*')}` : run,
  );
}

/** The candidate that shares the longest beginning with the text; null if there are none. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  const shared = (candidate: string): number => {
    let length = 0;
    while (length < text.length && text[length] === candidate[length]) length += 1;
    return length;
  };
  const sorted = candidates.toSorted((a, b) => shared(b) - shared(a));
  return sorted[0] ?? null;
}
