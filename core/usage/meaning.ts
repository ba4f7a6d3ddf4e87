import type { TrailRecord } from './record.ts';

/** Whether, and as what, CloudTrail records the calls that need an action. */
export type Recording =
  /** `readOnly` is null where both reading and writing calls need the action. */
  | { readonly kind: 'management'; readonly readOnly: boolean | null; readonly source: string }
  | {
      readonly kind: 'data';
      /** Data events of all these resource types: each of them may have some of the calls. */
      readonly types: readonly string[];
      readonly readOnly: boolean | null;
      /** Why calls on what has no ARN leave no record; absent where there are none. */
      readonly withoutArn?: string;
    }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'unreviewed'; readonly why: string };

/** What records and actions mean: the reviewed data of the services. */
export type Meaning = {
  /** The grant under whose keys the call was made; null where there is none. */
  readonly grantOf: (record: TrailRecord) => string | null;
  /** The IAM actions that the call needed, or the one that its refusal names; empty where they are not known. */
  readonly actionsOf: (record: TrailRecord) => readonly string[];
  /** What a refused call needs and nobody refused by name; null where that is not known. */
  readonly unprovenActionsOf: (record: TrailRecord) => readonly string[] | null;
  /** The ARN that the action was checked against; null where the record does not tell it. */
  readonly resourceOf: (record: TrailRecord, action: string) => string | null;
  /** The services, as actions name them, of an event source: `cloudwatch` of `monitoring.amazonaws.com`. */
  readonly servicesOf: (source: string) => readonly string[];
  readonly recordingOf: (action: string) => Recording;
  /** The actions that match a pattern; null where the service is not known. */
  readonly expandAction: (pattern: string) => readonly string[] | null;
  /** Why a call of one action may also have needed another that no record names; null where records would show it. */
  readonly checkedBeside: (called: string, other: string) => string | null;
};
