import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Target } from './fault.ts';

/** What the emulator's processes go through. Linux only: they are found in `/proc`. */

type Process = { readonly pid: number; readonly parent: number; readonly command: string };

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // proc(5): the name is in brackets, and may have spaces.
        const [, , parent = ''] =
          readFileSync(`/proc/${name}/stat`, 'utf8').match(/^.*\) (\S+) (\d+) /s) ?? [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        // It has ended in the meantime.
        return [];
      }
    });
}

/** @throws Error if the stack's process has no emulator */
function emulatorOf({ state }: Target): number {
  const found = processes().find(
    ({ parent, command }) => parent === state.pid && command.includes('emulator.py'),
  );
  if (found === undefined) throw new Error('The emulator of the stack is not found.');
  return found.pid;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}

/** Every Lambda dies in the middle of what it does, again and again. */
export function workersKilled(everyMs = 2000): Fault {
  let ended: AbortController | null = null;
  return {
    name: 'Lambdas killed (SIGKILL)',
    begin: async (stack) => {
      const emulator = emulatorOf(stack);
      ended = new AbortController();
      const { signal: over } = ended;
      const kill = async (): Promise<void> => {
        while (!over.aborted) {
          for (const { pid, parent } of processes())
            if (parent === emulator) signal(pid, 'SIGKILL');
          await sleep(everyMs, undefined, { ref: false, signal: over }).catch(() => undefined);
        }
      };
      void kill();
    },
    end: async () => ended?.abort(),
  };
}

/** Nothing of AWS answers for a while, and everything under way goes on later. */
export const emulatorFrozen: Fault = {
  name: 'emulator frozen (SIGSTOP)',
  begin: async (stack) => signal(emulatorOf(stack), 'SIGSTOP'),
  end: async (stack) => signal(emulatorOf(stack), 'SIGCONT'),
};
