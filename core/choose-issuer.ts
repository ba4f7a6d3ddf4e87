import type { Issuer } from './issuer.ts';
import type { Claims } from './principal.ts';
import { readText } from './read-claim.ts';
import { err, ok, type Result } from './result.ts';

/**
 * The issuer's entry that a token belongs to, among those with its URL: the one whose `when` lists the value
 * of its claim; without that claim, the one that has no `when`.
 *
 * @returns the entry, or a sentence about the token.
 */
export function chooseIssuer(entries: readonly Issuer[], claims: Claims): Result<Issuer, string> {
  const [first] = entries.flatMap((entry) =>
    entry.when === undefined ? [] : [{ entry, when: entry.when }],
  );
  const otherwise = entries.find(({ when }) => when === undefined);
  if (first === undefined) return otherwise === undefined ? err(NO_ENTRY) : ok(otherwise);
  const { claim } = first.when;
  const value = readText(first.entry, claims, claim);
  if (!value.ok) return value;
  if (value.value === null) {
    return otherwise === undefined
      ? err(`it has no claim '${claim}', which this broker asks for`)
      : ok(otherwise);
  }
  const text = value.value;
  const chosen = entries.find(({ when }) => when?.values.includes(text));
  return chosen === undefined
    ? err(`its claim '${claim}' has a value that this broker does not accept`)
    : ok(chosen);
}

const NO_ENTRY = 'its issuer (iss) is not one that this broker trusts';
