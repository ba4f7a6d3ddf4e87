import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import type { DeniedGrant, KillSwitch } from './deny-policy.ts';

/** What a role's policy was last read back to hold, and who is writing it. */
export type SwitchState = {
  readonly confirmed: KillSwitch;
  /** Writes in a row, for the pause between them, and when the last one was. */
  readonly writes: number;
  readonly wroteAt: Instant;
};

/** `leased`: somebody is writing, or stopped in the middle of it. */
export type SwitchReading = SwitchState & { readonly leased: boolean };

/** `until` null: until the kill switch can be written again. */
export type Freeze = { readonly until: Instant | null; readonly reason: string };

/** The store's side of the kill switch. Everything is strongly consistent. */
export type KillStore = {
  readonly denied: (role: string) => Promise<Result<readonly DeniedGrant[], Unavailable>>;
  /** What was never written is a switch that denies nothing. */
  readonly readSwitch: (role: string) => Promise<Result<SwitchReading, Unavailable>>;
  /** One writer at a time: false while another one's lease lasts. Taking it again prolongs it. */
  readonly lease: (
    role: string,
    holder: string,
    now: Instant,
    until: Instant,
  ) => Promise<Result<boolean, Unavailable>>;
  /** Only while the lease is the holder's. */
  readonly confirm: (
    role: string,
    holder: string,
    state: SwitchState,
  ) => Promise<Result<boolean, Unavailable>>;
  readonly release: (role: string, holder: string) => Promise<Result<null, Unavailable>>;
  readonly freeze: (role: string, freeze: Freeze) => Promise<Result<null, Unavailable>>;
  /** Ends a freeze that waits for the kill switch. */
  readonly thaw: (role: string) => Promise<Result<null, Unavailable>>;
  readonly freezeOf: (role: string) => Promise<Result<Freeze | null, Unavailable>>;
};

/**
 * `too-long`: the role has no room for it. `unavailable`: nobody knows whether it was carried out, or
 * still will be. `reason` is for logs and the audit trail.
 */
export type PolicyRefusal = {
  readonly code: 'no-such-role' | 'too-long' | 'refused' | 'unavailable';
  readonly reason: string;
};

/** IAM: the kill switch's inline policy on one role. It has no versions: the last writer wins. */
export type RolePolicies = {
  readonly put: (role: string, document: string) => Promise<Result<null, PolicyRefusal>>;
  readonly remove: (role: string) => Promise<Result<null, PolicyRefusal>>;
  /** Null where there is none. */
  readonly read: (role: string) => Promise<Result<string | null, PolicyRefusal>>;
};

export type KillPorts = {
  readonly kills: KillStore;
  readonly policies: RolePolicies;
  readonly clock: () => Instant;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A name that no other writer has. */
  readonly holder: string;
  /** From 0 to 1, so that waiting writers do not march in step. */
  readonly jitter: () => number;
};
