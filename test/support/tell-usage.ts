import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Usage } from './process-usage.ts';

/** For `node --import`: writes what the process used, when it ends. */

const STATUS = '/proc/self/status';

/**
 * On Linux `maxRSS` is never less than what the parent had when it started the process. `VmHWM` begins with the program
 * itself. Where there is no such file, `maxRSS` does so, too.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
function peakKilobytes(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '';
  const own = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

const SAMPLE_MS = 100;
let held = 0;
const sample = (): void => {
  // The second time waits for what the first one frees beside it.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  held = Math.max(held, heapUsed + external);
};
if (globalThis.gc !== undefined) setInterval(sample, SAMPLE_MS).unref();

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage: Usage = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMegabytes: peakKilobytes() / 1024,
    heldMegabytes: held / 2 ** 20,
  };
  writeFileSync(process.env['USAGE_FILE'] ?? '', JSON.stringify(usage));
});
