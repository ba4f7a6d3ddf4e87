import type { Unavailable } from '../failure.ts';
import type { BrokerAction, PolicyEngine } from '../ports.ts';
import type { Principal } from '../principal.ts';
import { ok, type Result } from '../result.ts';

/** What policy lets somebody do with the broker as a whole. */
export function brokerActionsOf(
  engine: Pick<PolicyEngine, 'mayOnBroker'>,
  principal: Principal,
): Result<readonly BrokerAction[], Unavailable> {
  const may: BrokerAction[] = [];
  for (const action of ['audit', 'administer'] as const) {
    const answer = engine.mayOnBroker(action, principal);
    if (!answer.ok) return answer;
    if (answer.value) may.push(action);
  }
  return ok(may);
}
