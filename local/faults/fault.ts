import type { Root } from '../drill/root.ts';
import type { LocalState } from '../state-folder.ts';
import type { Deployed } from './deployed.ts';

/** Something that goes wrong with a running stack, done to it from outside and taken back. */
export type Fault = {
  readonly name: string;
  readonly begin: (stack: Target) => Promise<void>;
  /** Takes it back, also where `begin` failed half-way or another process began it. */
  readonly end: (stack: Target) => Promise<void>;
};

/** The stack that it happens to. */
export type Target = {
  readonly state: LocalState;
  readonly root: Root;
  /** Every Lambda of the broker, as it was deployed. */
  readonly lambdas: readonly Deployed[];
};
