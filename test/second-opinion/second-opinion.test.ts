import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  composeSessionPolicy,
  type SessionPolicyInput,
} from '../../core/session-policy/compose.ts';
import { grant } from './grants.ts';
import { mayNarrow, verdictOf } from './our-reasoning.ts';
import { type Probe, probesOf } from './probes.ts';
import { simulate } from './simulate.ts';

/**
 * `SECOND_OPINION_SEED=… jest test/second-opinion` generates other cases, or the same ones again.
 */
const SEED = Number(process.env['SECOND_OPINION_SEED'] ?? 20_261_123);
const CASES = Number(process.env['SECOND_OPINION_CASES'] ?? 14_000);

/** How many cases of each kind must occur among 14,000. */
const AT_LEAST: Readonly<Record<string, number>> = {
  'answer: allowed': 1_500,
  'answer: not granted': 300,
  'answer: denied': 300,
  'answer: out of scope': 200,
  'answer: too late': 800,
  'answer: network': 800,
  'scope: none': 3_000,
  'scope: actions': 500,
  'scope: resources': 500,
  'scope: both': 500,
  'scope: refused': 300,
  'when: early': 1_000,
  'when: a second before the end': 500,
  'when: at the end': 500,
  'when: late': 500,
  'from: the same address': 1_000,
  'from: another address': 500,
  'from: another address, not via a service': 500,
  'from: no address': 500,
  'from: an AWS service': 500,
  'where: as granted': 1_000,
  'where: one character off': 400,
  'where: another name': 400,
  'where: another account, Region or partition': 400,
  'where: another service': 400,
  'where: another action': 400,
  'where: the action in capitals': 400,
};

const cases = grant.chain((one) => fc.record({ grant: fc.constant(one), probe: probesOf(one) }));

function kindsOf({ scope }: SessionPolicyInput, { where, when, from }: Probe): readonly string[] {
  const fields = [scope?.actions && 'actions', scope?.resources && 'resources'].filter(Boolean);
  const scoped = fields.length === 2 ? 'both' : (fields[0] ?? 'none');
  return [`scope: ${scoped}`, `where: ${where}`, `when: ${when}`, `from: ${from}`];
}

describe('a second opinion on IAM', () => {
  test(`both agree on each of ${CASES} calls (seed ${SEED})`, async () => {
    const seen = new Map<string, number>();
    const count = (kind: string) => seen.set(kind, (seen.get(kind) ?? 0) + 1);
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ grant, probe }) => {
        const policy = composeSessionPolicy(grant);
        if (!policy.ok) {
          // Nothing is vended: the reason must be the expected one.
          expect(policy.error.code).toBe(mayNarrow(grant) ? 'too-long' : 'not-contained');
          count(policy.error.code === 'too-long' ? 'too long' : 'scope: refused');
          return;
        }
        expect(grant.scope === null || mayNarrow(grant)).toBe(true);
        const ours = verdictOf(grant, probe);
        const theirs = await simulate(policy.value, probe);
        expect({ allowed: theirs, ours }).toEqual({ allowed: ours === 'allowed', ours });
        compared += 1;
        for (const kind of [`answer: ${ours}`, ...kindsOf(grant, probe)]) count(kind);
      }),
      { seed: SEED, numRuns: CASES },
    );
    const lines = [...seen]
      .sort()
      .map(([kind, times]) => `  ${String(times).padStart(6)}  ${kind}`);
    process.stdout.write(`${compared} agreements, seed ${SEED}:\n${lines.join('\n')}\n`);
    expect(compared).toBeGreaterThanOrEqual((CASES * 10) / 14);
    const rare = Object.keys(AT_LEAST).filter(
      (kind) => (seen.get(kind) ?? 0) < ((AT_LEAST[kind] ?? 0) * CASES) / 14_000,
    );
    expect(rare).toEqual([]);
  }, 120_000);
});
