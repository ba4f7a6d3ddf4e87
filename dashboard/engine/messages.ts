import type { Bundle, BundleError } from '../../core/bundle/bundle.ts';
import type { Decision, Outcome } from '../../core/decision.ts';
import type { Deployment } from '../../core/entitlement.ts';
import type { ActionExplained } from '../../core/policy/explain.ts';

/** What the page and the worker of the policy engine say to each other. */

/** Whoever asks in a pasted request that does not say so itself. */
export type Asker = {
  readonly issuer: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly mfa: boolean;
  readonly sourceIp: string;
};

export type Explained = {
  readonly who: { readonly id: string; readonly name: string; readonly groups: readonly string[] };
  readonly entitlement: { readonly id: string; readonly title: string };
  readonly durationSeconds: number;
  readonly decision: Decision;
  readonly actions: readonly ActionExplained[];
  /** Null where nothing would be granted. */
  readonly sessionPolicy: unknown;
  /** What the broker had decided, where a recorded decision was pasted. */
  readonly recorded: Outcome | null;
};

export type ExplainAnswer =
  | { readonly kind: 'explained'; readonly explained: Explained }
  /** What is wrong with the text, a sentence each. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

export type OpenAnswer =
  | {
      readonly kind: 'opened';
      readonly hash: string;
      readonly entitlements: number;
      readonly policies: number;
      readonly cases: number;
      /** Cases of the bundle itself that do not have the outcome they expect. */
      readonly failing: readonly BundleError[];
    }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly BundleError[] };

/** One decision that the opened bundle decides in another way. */
export type ReplayedChange = {
  readonly grantId: string;
  readonly at: string;
  readonly who: { readonly id: string; readonly name: string };
  readonly entitlement: string;
  readonly before: { readonly outcome: Outcome; readonly policies: readonly string[] };
  readonly after:
    | { readonly outcome: Outcome; readonly policies: readonly string[] }
    | { readonly outcome: 'refused'; readonly why: string };
};

export type ReplayAnswer = {
  readonly replayed: number;
  readonly changes: readonly ReplayedChange[];
  /** Decisions whose history or signals were not recorded, so that they are assumed to be quiet. */
  readonly guessed: number;
  /** Records that this version cannot read, a sentence each. */
  readonly unread: readonly string[];
};

export type Orders = {
  readonly explain: {
    readonly order: {
      readonly text: string;
      readonly asker: Asker;
      readonly now: string;
      readonly bundle: Bundle;
      readonly deployment: Deployment;
    };
    readonly answer: ExplainAnswer;
  };
  readonly open: {
    readonly order: {
      readonly files: readonly (readonly [path: string, text: string])[];
      readonly deployment: Deployment;
    };
    readonly answer: OpenAnswer;
  };
  readonly replay: { readonly order: readonly object[]; readonly answer: ReplayAnswer };
};

export type OrderName = keyof Orders;

/** The first message has the WebAssembly module; the others are orders. */
export type ToWorker =
  | { readonly kind: 'start'; readonly module: ArrayBuffer }
  | {
      readonly kind: 'order';
      readonly id: number;
      readonly name: OrderName;
      readonly order: Orders[OrderName]['order'];
    };

export type FromWorker = {
  readonly id: number;
  readonly answer:
    | { readonly ok: true; readonly value: Orders[OrderName]['answer'] }
    | { readonly ok: false; readonly why: string };
};
