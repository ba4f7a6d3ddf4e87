/** Where the focus goes. */

/**
 * What comes after a vote: the request below it that still waits, else the nearest above, else the same where it
 * waits for others, else none.
 *
 * @param before the list as the voter saw it
 */
export function nextToVote(
  before: readonly string[],
  now: readonly string[],
  voted: string,
): string | null {
  const at = before.indexOf(voted);
  const waits = (id: string): boolean => id !== voted && now.includes(id);
  return (
    before.slice(at + 1).find(waits) ??
    before.slice(0, Math.max(at, 0)).findLast(waits) ??
    now.find(waits) ??
    (now.includes(voted) ? voted : null)
  );
}

/** The request `step` rows away; at the ends it stays. */
export function stepFrom(ids: readonly string[], from: string | null, step: 1 | -1): string | null {
  const at = from === null ? -1 : ids.indexOf(from);
  if (at === -1) return ids[0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
}
