import type { Vended } from '../broker.ts';
import { type Check, must, seconds } from './checks.ts';

/** What vended keys can do. */

/** IAM promises no time; this is when a run gives up. */
const LONGEST_PROPAGATION_MS = 60_000;
const PARALLEL = 10;

/** A role that was just made is not known everywhere at once. */
export const VEND: Check = {
  title: 'vends keys that work',
  run: async ({ broker }) => {
    let vended: Vended | null = null;
    const look = async (): Promise<boolean> => {
      vended ??= await broker.vend('read').catch(() => null);
      return vended !== null && (await broker.reads(vended.credentials));
    };
    return [
      `first keys that read after ${seconds(await broker.until('keys', look, LONGEST_PROPAGATION_MS))}`,
    ];
  },
};

export const SCOPE: Check = {
  title: 'refuses what the grant does not name',
  run: async ({ broker }) => {
    const { credentials } = await broker.vend('read');
    must(await broker.reads(credentials, 'one/object'), 'the keys cannot read their own prefix');
    must(!(await broker.reads(credentials, 'two/object')), 'the keys read another prefix');
    return ['the role may read both prefixes, the session one of them'];
  },
};

export const PARALLEL_VENDS: Check = {
  title: `vends ${PARALLEL} times at once to one principal`,
  run: async ({ broker }) => {
    const times = await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        const begun = Date.now();
        const { credentials } = await broker.vend('read');
        const took = Date.now() - begun;
        must(await broker.reads(credentials), 'keys that do not work');
        return took;
      }),
    );
    const sorted = times.toSorted((a, b) => a - b);
    return [`none refused; median ${sorted[PARALLEL / 2]} ms, slowest ${sorted.at(-1)} ms`];
  },
};
