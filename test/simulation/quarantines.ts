import { initiatorOf } from '../../core/audit.ts';
import type { Call } from '../../core/call.ts';
import type { Caller } from '../../core/principal.ts';
import { beginQuarantine, releaseQuarantine } from '../../core/upkeep/order-quarantine.ts';
import { Crash } from './kernel.ts';
import { HOURS, type World } from './world.ts';

/** Somebody stops all new access; two people release it, which one alone cannot. */
export async function quarantineForAWhile(
  world: World,
  [one, other]: readonly [Caller, Caller],
): Promise<void> {
  const { kernel, quarantines } = world;
  await kernel.sleep(kernel.between(0, HOURS(1)));
  // What is overdue by then is for the sweep to repair.
  world.faulty = true;
  world.count('quarantine begun');
  const order = { cause: 'order', reason: 'a token was stolen' } as const;
  const begin = () => {
    const call = callOf(world, one);
    return beginQuarantine(world.orderPorts(one.principal.id), order, initiatorOf(call));
  };
  const release = (by: Caller) => () =>
    releaseQuarantine(world.orderPorts(by.principal.id), callOf(world, by), 'new tokens');
  await untilSo(world, begin, () => quarantines.record !== null);
  await kernel.sleep(kernel.between(600_000, HOURS(3)));
  if (kernel.chance() < 0.3) {
    // Who asked first is alone again.
    await untilSo(world, release(one), () => quarantines.record?.release != null);
    await untilSo(world, begin, () => quarantines.record?.release === null);
  }
  await untilSo(world, release(one), () => quarantines.record?.release != null);
  await release(one)().catch(unlessCrash);
  await untilSo(world, release(other), () => quarantines.record === null);
}

/** Gives the order until it is carried out: a person tries again. */
async function untilSo(
  { kernel }: World,
  give: () => Promise<unknown>,
  isSo: () => boolean,
): Promise<void> {
  while (!isSo()) {
    await give().catch(unlessCrash);
    await kernel.sleep(kernel.between(1000, 30_000));
  }
}

function unlessCrash(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

function callOf(world: World, caller: Caller): Call {
  return { caller, requestId: world.next('r'), sourceIp: '10.0.0.1', idempotency: null };
}
