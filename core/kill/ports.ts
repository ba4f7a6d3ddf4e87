import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { MayBeQuarantined } from '../read-quarantine.ts';
import type { Result } from '../result.ts';
import type { Cutoff } from './cutoff.ts';
import type { DeniedGrant, KillSwitch, OpenGrant } from './deny-policy.ts';
import type { Pressure, RoomUse } from './pressure.ts';

/** The role's policy as it was last read back, and how busy its writers are. */
export type SwitchState = {
  readonly confirmed: KillSwitch;
  /** Writes in a row, which decide the pause between them, and the time of the last one. */
  readonly writes: number;
  readonly wroteAt: Instant;
};

/** `leased`: a writer is at work, or stopped in the middle. */
export type SwitchReading = SwitchState & { readonly leased: boolean };

/** `until` is null for a freeze that lasts until the kill switch can be written again. */
export type Freeze = { readonly until: Instant | null; readonly reason: string };

/** The store's side of the kill switch. Everything is strongly consistent. */
export type KillStore = {
  readonly denied: (role: string) => Promise<Result<readonly DeniedGrant[], Unavailable>>;
  /** Grants that have rightful sessions on the role, or may still get them. */
  readonly open: (role: string) => Promise<Result<readonly OpenGrant[], Unavailable>>;
  /** The role's cutoff, which may be past. */
  readonly cutoffOf: (role: string) => Promise<Result<Cutoff | null, Unavailable>>;
  /**
   * Cuts a role off. A cutoff never replaces a later one. Only the holder of the lease may call it, so that the sweep
   * finds the role where the writer stops before the policy is written.
   *
   * @returns the cutoff that stands.
   */
  readonly cutOff: (role: string, cutoff: Cutoff) => Promise<Result<Cutoff, Unavailable>>;
  /** A switch that was never written denies nothing. */
  readonly readSwitch: (role: string) => Promise<Result<SwitchReading, Unavailable>>;
  /** False while another writer's lease lasts. Taking one's own lease again prolongs it. */
  readonly lease: (
    role: string,
    holder: string,
    now: Instant,
    until: Instant,
  ) => Promise<Result<boolean, Unavailable>>;
  /** Records what was read back; false if the lease is no longer the holder's. */
  readonly confirm: (
    role: string,
    holder: string,
    state: SwitchState,
  ) => Promise<Result<boolean, Unavailable>>;
  readonly release: (role: string, holder: string) => Promise<Result<null, Unavailable>>;
  readonly freeze: (role: string, freeze: Freeze) => Promise<Result<null, Unavailable>>;
  /** Ends a freeze that waits for the kill switch. A freeze with an end stays. */
  readonly thaw: (role: string) => Promise<Result<null, Unavailable>>;
  readonly freezeOf: (role: string) => Promise<Result<Freeze | null, Unavailable>>;
  /**
   * Makes the gates follow the freeze or the thaw of the role as it is in the table: whoever wrote it may have
   * stopped in the middle, or be of a version without gates. It freezes nothing that is not frozen.
   *
   * @returns the freeze that stands.
   */
  readonly completeFreeze: (role: string) => Promise<Result<Freeze | null, Unavailable>>;
  /**
   * Notes, where vends look anyway, which principals need much of the room; what was noted before is forgotten. A freeze or a
   * thaw may forget it, too: the next write of the role notes it again.
   */
  readonly noteUses: (role: string, uses: readonly RoomUse[]) => Promise<Result<null, Unavailable>>;
  /**
   * Every role that was ever leased and is not forgotten: whatever the bundle names today, nothing is written
   * on a role, and no role is frozen, without a lease before it.
   */
  readonly roles: () => Promise<Result<readonly string[], Unavailable>>;
  /** Forgets the role's switch; false if the lease is no longer the holder's. */
  readonly forget: (role: string, holder: string) => Promise<Result<boolean, Unavailable>>;
};

/**
 * `too-long`: the role has no room for the policy. `throttled`: nothing was done, and later it may be.
 * `unavailable`: the write may or may not have happened, and may still happen. `reason` is for logs and the
 * audit trail.
 */
export type PolicyRefusal = {
  readonly code: 'no-such-role' | 'too-long' | 'refused' | 'throttled' | 'unavailable';
  readonly reason: string;
};

/** Sessions that have not ended are denied, or may be, because a role's ended grants do not fit by their ids. */
export type Overflow = {
  readonly role: string;
  /** The hashes in the keys of the principals whose sessions are; none where those of the whole role are. */
  readonly principals: readonly string[];
  /** Issued before then. */
  readonly cutoff: Instant;
};

/** IAM: the kill switch's inline policy on one role. It has no versions: the last writer wins. */
export type RolePolicies = {
  readonly put: (role: string, document: string) => Promise<Result<null, PolicyRefusal>>;
  readonly remove: (role: string) => Promise<Result<null, PolicyRefusal>>;
  /** Null where the role has no such policy. */
  readonly read: (role: string) => Promise<Result<string | null, PolicyRefusal>>;
};

export type KillPorts = MayBeQuarantined & {
  readonly kills: KillStore;
  readonly policies: RolePolicies;
  readonly clock: () => Instant;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Identifies this writer; no other writer has it. */
  readonly holder: string;
  readonly reportOverflow: (overflow: Overflow) => void;
  /** Never fails: the next write of the role reports it again. */
  readonly reportPressure: (pressure: Pressure, holder: string) => Promise<void>;
  /** The table was restored: what a policy denies may be in no row, so a write only adds to the policy. */
  readonly recovering: boolean;
  /** From 0 to 1; it spreads the attempts of waiting writers. */
  readonly jitter: () => number;
};
