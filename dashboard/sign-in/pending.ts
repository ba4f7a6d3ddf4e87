import type { Provider } from './provider.ts';

/**
 * What outlives the way to the identity provider and back: in the storage of this tab alone, and taken out when the
 * browser comes back. It has no token.
 */
export type Pending = {
  readonly provider: Provider;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where the person was: the part of the URL after `#`. */
  readonly hash: string;
  /** Whether the provider was asked to show nothing. */
  readonly silent: boolean;
  /** Who had typed it; null before anybody signed in. */
  readonly person: string | null;
  /** What the person had typed, by the name of the form. */
  readonly drafts: Readonly<Record<string, unknown>>;
};

const PENDING = 'valetkey.sign-in';
const SIGNED = 'valetkey.signed';

export function keepPending(pending: Pending): void {
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
}

export function takePending(): Pending | null {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Pending;
  } catch {
    return null;
  }
}

/** How the last session of this tab stands: a reload goes on silently only where somebody was signed in. */
export type Signed = 'in' | 'out' | null;

export function signed(): Signed {
  const kept = sessionStorage.getItem(SIGNED);
  return kept === 'in' || kept === 'out' ? kept : null;
}

export function noteSigned(as: Exclude<Signed, null>): void {
  sessionStorage.setItem(SIGNED, as);
}
