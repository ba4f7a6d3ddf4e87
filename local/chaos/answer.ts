import type { Vended } from '../demo-clients.ts';

export type Json = Readonly<Record<string, unknown>>;

export type Answer = {
  /** Null where none came: whether the call had an effect is not known. */
  readonly status: number | null;
  readonly body: Json;
  /** When the call was sent, and when its answer was there. */
  readonly begun: number;
  readonly ended: number;
};

export type Person = { readonly sub: string; readonly groups: readonly string[] };

export type Keys = Vended['credentials'];
