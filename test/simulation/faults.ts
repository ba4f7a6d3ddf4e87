import { Crash, type Kernel } from './kernel.ts';

/** How often a call fails, loses its answer, crashes its process or is slow, each from 0 to 1. */
export type Weather = { fails: number; loses: number; crashes: number; slow: number };

export const CALM: Weather = { fails: 0, loses: 0, crashes: 0, slow: 0 };

const MILLISECONDS = { least: 2, most: 40, slow: 8000 };

/**
 * A port whose calls take time, may fail before or after they were carried out, and may crash their
 * process.
 */
export function unreliable<Port extends object>(
  kernel: Kernel,
  weather: Weather,
  port: Port,
  failure: (call: string) => unknown,
  count: (fault: string, args: readonly unknown[]) => void,
): Port {
  const wrapped = Object.entries(port).map(([name, call]) => {
    const faulty = async (...args: unknown[]): Promise<unknown> => {
      const slow = kernel.chance() < weather.slow;
      await kernel.sleep(
        kernel.between(MILLISECONDS.least, slow ? MILLISECONDS.slow : MILLISECONDS.most),
      );
      if (kernel.chance() < weather.crashes) {
        count('crash', args);
        throw new Crash();
      }
      if (kernel.chance() < weather.fails) {
        count('failed call', args);
        return fail(failure(name));
      }
      const answer: unknown = await (call as (...given: unknown[]) => unknown)(...args);
      if (kernel.chance() < weather.loses) {
        count('lost answer', args);
        return fail(failure(name));
      }
      return answer;
    };
    return [name, faulty] as const;
  });
  return Object.fromEntries(wrapped) as Port;
}

/** Ports with results return the failure; others throw it. */
function fail(failure: unknown): unknown {
  if (failure instanceof Error) throw failure;
  return { ok: false, error: failure };
}
