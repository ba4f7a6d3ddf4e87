/**
 * The two digits that only the answer to a request has, for its requester. They stay in the storage of this tab, over a
 * reload and a new sign-in, because no later answer has them.
 */
const KEY = 'valetkey.match-code.';

export function rememberMatchCode(grantId: string, code: string): void {
  sessionStorage.setItem(KEY + grantId, code);
}

/** @returns null where this tab did not ask, or asked for something that needs no code */
export function matchCodeOf(grantId: string): string | null {
  return sessionStorage.getItem(KEY + grantId);
}
