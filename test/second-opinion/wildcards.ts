/**
 * IAM's wildcards again, independent of core/session-policy/glob.ts: slow, but simple enough to
 * check by reading. `matches` follows the definition; `includes` walks both patterns as automata.
 */

/** Whether the pattern matches the whole text; `*` is any text, `?` any one character. */
export function matches(pattern: string, text: string): boolean {
  if (isLiteral(pattern)) return pattern === text;
  return alive(pattern, Array.from(text).reduce(step(pattern), start(pattern)));
}

/** Matches itself and nothing else. */
function isLiteral(pattern: string): boolean {
  return !/[*?]/.test(pattern);
}

/** Matches actions, which are not case-sensitive. */
export function matchesAction(pattern: string, action: string): boolean {
  return matches(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * Matches resources: `*` alone matches everything; otherwise each part matches separately, so that
 * no wildcard matches a colon. Parts that a pattern lacks are `*` (IAM User Guide, "Specifying
 * wildcards in resource ARNs").
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [wanted, given] = [partsOf(pattern), partsOf(arn)];
  return given.every((part, index) => matches(wanted[index] ?? '*', part));
}

export function includesArn(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  const [wide, narrow] = [partsOf(outer), partsOf(inner)];
  return narrow.length === 6 && narrow.every((part, i) => includes(wide[i] ?? '*', part));
}

/**
 * Whether `outer` matches every text that `inner` matches. The answer is exact for any alphabet,
 * because all characters that neither pattern names behave alike.
 */
export function includes(outer: string, inner: string): boolean {
  if (isLiteral(inner)) return matches(outer, inner);
  const named = new Set(`${outer}${inner}`);
  const alphabet = [...[...named].filter(isLetter), '\u0000'];
  const seen = new Set<string>();
  const open: (readonly [Positions, Positions])[] = [[start(inner), start(outer)]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const key = pair.map((positions) => [...positions].sort().join()).join('|');
    if (seen.has(key)) continue;
    seen.add(key);
    if (alive(inner, pair[0]) && !alive(outer, pair[1])) return false;
    for (const letter of alphabet) {
      const next = step(inner)(pair[0], letter);
      if (next.size > 0) open.push([next, step(outer)(pair[1], letter)]);
    }
  }
  return true;
}

/** Whether both patterns match some common text. */
export function overlap(one: string, other: string): boolean {
  if (isLiteral(one)) return matches(other, one);
  if (isLiteral(other)) return matches(one, other);
  const alphabet = [...new Set(`${one}${other}\u0000`)].filter(isLetter);
  const seen = new Set<string>();
  const open: (readonly [Positions, Positions])[] = [[start(one), start(other)]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const key = pair.map((positions) => [...positions].sort().join()).join('|');
    if (seen.has(key)) continue;
    seen.add(key);
    if (alive(one, pair[0]) && alive(other, pair[1])) return true;
    for (const letter of alphabet) {
      const next = [step(one)(pair[0], letter), step(other)(pair[1], letter)] as const;
      if (next.every(({ size }) => size > 0)) open.push(next);
    }
  }
  return false;
}

export function overlapArn(one: string, other: string): boolean {
  if (one === '*' || other === '*') return true;
  const [a, b] = [partsOf(one), partsOf(other)];
  return a.every((part, index) => overlap(part, b[index] ?? '*'));
}

/** The six parts of an ARN; the last one may contain colons. */
function partsOf(arn: string): readonly string[] {
  const all = arn.split(':');
  return [...all.slice(0, 5), ...(all.length > 5 ? [all.slice(5).join(':')] : [])];
}

function isLetter(symbol: string): boolean {
  return symbol !== '*' && symbol !== '?';
}

/** How far into the pattern a text can have advanced. */
type Positions = ReadonlySet<number>;

function start(pattern: string): Positions {
  return spread(pattern, [0]);
}

function step(pattern: string): (from: Positions, letter: string) => Positions {
  return (from, letter) =>
    spread(
      pattern,
      [...from].flatMap((at) => {
        if (pattern[at] === '*') return [at];
        return pattern[at] === '?' || pattern[at] === letter ? [at + 1] : [];
      }),
    );
}

/** Adds the positions after each `*`, which can match nothing. */
function spread(pattern: string, positions: readonly number[]): Positions {
  const all = new Set<number>();
  for (let at of positions) {
    all.add(at);
    while (pattern[at] === '*') {
      at += 1;
      all.add(at);
    }
  }
  return all;
}

function alive(pattern: string, positions: Positions): boolean {
  return positions.has(pattern.length);
}
