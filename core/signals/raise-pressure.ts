import { BROKER, type SignalStep } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Requester } from '../grant.ts';
import { newEventId, type RandomBytes } from '../ids.ts';
import { formatInstant, type Instant } from '../instant.ts';
import type { Need, Pressure } from '../kill/pressure.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import type { SignalEvent, SignalStore } from './signal-store.ts';

export type PressurePorts = {
  readonly store: Pick<GrantStore, 'find'>;
  readonly signals: Pick<SignalStore, 'raise'>;
  readonly random: RandomBytes;
  readonly clock: () => Instant;
};

/** No key lives longer, so that what was needed an hour ago is not needed any more. */
const QUIET_SECONDS = 3600;

/**
 * Raises the signal that the kill switch of a role needs most of its room, once for as long as it goes on. It stands in
 * the trail of the principal that needs most.
 *
 * @returns the signal; null where it was raised before and goes on.
 */
export async function raisePressure(
  ports: PressurePorts,
  { role, percent, ended, principals }: Pressure,
  requestId: string,
): Promise<Result<SignalEvent | null, Unavailable>> {
  const now = ports.clock();
  const named: { readonly who: Requester; readonly step: SignalStep }[] = [];
  for (const need of principals) {
    const grant = await ports.store.find(need.latest.grantId);
    if (!grant.ok) return grant;
    if (grant.value === null) continue;
    const who = grant.value.requester;
    named.push({ who, step: stepOf(need, who) });
  }
  const [first] = named;
  if (first === undefined) return err({ code: 'unavailable', what: 'store' });
  const event: SignalEvent = {
    ...{ id: newEventId(ports.random), type: 'signal-raised', at: now, requestId },
    ...{ actor: BROKER, sourceIp: null, principalId: first.who.id, principal: first.who },
    ...{ kind: 'kill-switch-pressure', count: ended, role, percent },
    story: named.map(({ step }) => step),
    reason: `${ended} ended grants need ${percent} % of the kill switch of ${role}`,
  };
  const written = await ports.signals.raise(event, QUIET_SECONDS);
  if (!written.ok) return written;
  return ok(written.value ? event : null);
}

function stepOf({ percent, ended, open, latest }: Need, { id }: Requester): SignalStep {
  return {
    at: formatInstant(latest.at),
    what: `${ended} ended and ${open} open grants of ${id}`,
    ...{ grant: latest.grantId, from: null, why: `${percent} % of the room` },
  };
}
