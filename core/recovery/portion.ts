import type { Initiator } from '../audit.ts';
import { err, type Result } from '../result.ts';
import type { RecoverPorts } from './recover-ports.ts';
import type { Recovery } from './recovery.ts';

/** Why a recovery stands still: in words, for whoever ordered it. A repeat goes on from there. */
export type Stopped = { readonly code: 'stopped'; readonly reason: string };

/** One portion of a phase: short, and done twice it does the same. */
export type Portion = (
  ports: RecoverPorts,
  recovery: Recovery,
  by: Initiator,
) => Promise<Result<Recovery, Stopped>>;

export function stopped(reason: string) {
  return err({ code: 'stopped', reason } as const);
}

export const NO_TABLE = stopped('the table does not answer');
