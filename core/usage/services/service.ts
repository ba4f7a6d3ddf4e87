/**
 * One service, as somebody read its pages. Actions are names without their prefix, separated by white space.
 *
 * The rule of an event: it stands for the action of its own name, without a version at the end, unless `events` says
 * otherwise. The rule of an action: `data`, `none` and `unsure` first, then `management`.
 */
export type Service = {
  /** The prefix of its actions. */
  readonly service: string;
  /** Event sources, without `.amazonaws.com`. */
  readonly sources: readonly string[];
  /** How many actions it had when it was reviewed: a test asks for a new look when that changes. */
  readonly reviewed: number;
  /** The page that says which calls become management events. */
  readonly source: string;
  /** Actions whose calls become management events; `all` for every one that no other row names. */
  readonly management: string;
  /** Events that stand for an action of another name, of another service, or for several. */
  readonly events?: readonly EventNames[];
  readonly data?: readonly DataActions[];
  /** Actions whose use leaves no record. */
  readonly none?: readonly OtherActions[];
  /** Actions of which no page says what record they leave. */
  readonly unsure?: readonly OtherActions[];
};

type EventNames = { readonly source: string; readonly of: Readonly<Record<string, string>> };

/** Actions whose calls are recorded where a trail selects data events of all these resource types. */
type DataActions = {
  readonly types: readonly string[];
  readonly actions: string;
  /** Why calls on what has no ARN leave no record; absent where there are none. */
  readonly withoutArn?: string;
  readonly source: string;
};

type OtherActions = { readonly actions: string; readonly why: string; readonly source: string };

/** Permissions that are checked in calls of other names, and calls of consoles. */
export const NO_OPERATION =
  'no public operation has its name, so that no record is sure to stand for it';

export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
