import type { PrincipalEvent } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Unavailable } from '../failure.ts';
import type { EndPorts } from '../grants/end-by-order.ts';
import type { Instant } from '../instant.ts';
import type { KillStore } from '../kill/ports.ts';
import type { DeniedById } from '../kill/recover-role.ts';
import type { Step } from '../lifecycle/next-step.ts';
import type { GrantStore, PrincipalStore } from '../ports.ts';
import type { Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import type { AppliedStore } from '../upkeep/apply-bundle.ts';
import type { RestoreStore } from './ports.ts';
import type { Recovery } from './recovery.ts';
import type { ReplayPorts } from './replayed.ts';
import type { Stopped } from './stopped.ts';
import type { Tail } from './tail.ts';

/** Where a recovery keeps how far it has come, and what the policies of roles had denied. */
export type RecoveryStore = {
  readonly read: () => Promise<Result<Recovery | null, Unavailable>>;
  /** `conflict`: another call wrote it since it was read. */
  readonly write: (
    before: Recovery | null,
    after: Recovery,
  ) => Promise<Result<null, Conflict | Unavailable>>;
  readonly keepRole: (
    tableId: string,
    role: string,
    denied: DeniedById,
  ) => Promise<Result<null, Unavailable>>;
  /** In order, those after the one given. */
  readonly roles: (
    tableId: string,
    after: string,
    limit: number,
  ) => Promise<Result<readonly (DeniedById & { readonly role: string })[], Unavailable>>;
};

/** What the kill switch says of a role. `refused`: no repeat mends it, and a person has to. */
export type RoleCut = DeniedById & { readonly refused?: string };

export type RecoverPorts = Omit<ReplayPorts, 'bundleOf'> &
  EndPorts & {
    readonly bundle: Bundle;
    /** The bundle with that hash, from the files of the ledger; null where they lack it. */
    readonly readBundle: (hash: string) => Promise<Result<Bundle | null, Unavailable>>;
    readonly store: Pick<GrantStore, 'find' | 'update' | 'list' | 'events'>;
    readonly principals: Pick<PrincipalStore, 'give' | 'settleGates' | 'suspensionOf'>;
    readonly kills: Pick<KillStore, 'roles' | 'open'>;
    readonly restore: RestoreStore;
    readonly recoveries: RecoveryStore;
    readonly applied: Pick<AppliedStore, 'write'>;
    /** Has the kill switch cut the role off. An error, in words, passes. */
    readonly cutOff: (role: string) => Promise<Result<RoleCut, string>>;
    /**
     * Gives the entries of the log their places in the restored table again, a portion in each call.
     *
     * @returns whether all have them.
     */
    readonly completePlaces: () => Promise<Result<boolean, Stopped>>;
    /** The entries of the ledger that may be younger than `since`; the same ones for as long as the recovery lasts. */
    readonly tail: (since: Instant) => Promise<Result<Tail, Stopped>>;
    /** Starts a workflow of that name, once. */
    readonly startWorkflow: (step: Step, name: string) => Promise<void>;
    readonly wakeKillSwitch: (what: { readonly grantIds: readonly string[] }) => Promise<void>;
    /** Writes the quarantine down, so that it goes on after a deployment without the flag. */
    readonly holdQuarantine: (requestId: string) => Promise<boolean>;
    readonly append: (event: PrincipalEvent) => Promise<boolean>;
  };
