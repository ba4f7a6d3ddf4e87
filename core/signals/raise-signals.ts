import { BROKER, initiatorIn } from '../audit.ts';
import { inWords } from '../duration.ts';
import type { Unavailable } from '../failure.ts';
import { newEventId, type RandomBytes } from '../ids.ts';
import type { Observed } from '../observing/read-observed.ts';
import { ok, type Result } from '../result.ts';
import { type EvidencePorts, evidenceOf } from './evidence-of.ts';
import type { SignalEvent, SignalStore } from './signal-store.ts';
import { type Suspicion, suspicionsOf, THRESHOLDS } from './suspicions.ts';

export type SignalPorts = EvidencePorts & {
  readonly signals: Pick<SignalStore, 'raise'>;
  readonly random: RandomBytes;
};

/**
 * Raises the signals that the events are one too many for, each once for as long as it goes on, however often and in
 * whatever order notices come.
 *
 * @returns the signals that were raised.
 */
export async function raiseSignals(
  ports: SignalPorts,
  observed: readonly Observed[],
): Promise<Result<readonly SignalEvent[], Unavailable>> {
  const raised: SignalEvent[] = [];
  for (const one of observed) {
    for (const suspicion of suspicionsOf(one)) {
      const event = await raise(ports, one, suspicion);
      if (!event.ok) return event;
      if (event.value !== null) raised.push(event.value);
    }
  }
  return ok(raised);
}

async function raise(
  ports: SignalPorts,
  observed: Observed,
  { kind, principal }: Suspicion,
): Promise<Result<SignalEvent | null, Unavailable>> {
  const { least, seconds } = THRESHOLDS[kind];
  const evidence = await evidenceOf(ports, observed, { kind, principal });
  if (!evidence.ok) return evidence;
  const { count, story } = evidence.value;
  if (count < least) return ok(null);
  const { at } = observed.event;
  const event: SignalEvent = {
    ...{ id: newEventId(ports.random), type: 'signal-raised', at, principalId: principal.id },
    ...{ ...initiatorIn(observed.event), actor: BROKER, sourceIp: null },
    ...{ kind, principal, count, story: await story() },
    reason: `${count} within ${inWords(seconds)}`,
  };
  const written = await ports.signals.raise(event, seconds);
  if (!written.ok) return written;
  return ok(written.value ? event : null);
}
