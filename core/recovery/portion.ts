import type { Initiator } from '../audit.ts';
import type { Result } from '../result.ts';
import type { RecoverPorts } from './recover-ports.ts';
import type { Recovery } from './recovery.ts';
import type { Stopped } from './stopped.ts';

/** One portion of a phase: short, and done twice it does the same. */
export type Portion = (
  ports: RecoverPorts,
  recovery: Recovery,
  by: Initiator,
) => Promise<Result<Recovery, Stopped>>;
