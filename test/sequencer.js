import Sequencer from '@jest/test-sequencer';

/**
 * They leave little of the machine to others, and the stream behind them grows old; so they run beside each other, and
 * after the tests that count seconds until a reminder or an expiry. The hundreds of grants that they end are pruned a
 * quarter of an hour later, all at once.
 */
const HEAVY = [
  ...['e2e/kill-switch-capacity.test.ts', 'e2e/chaos.test.ts', 'e2e/drill.test.ts', 'contracts/moto.test.ts'],
];

const isHeavy = ({ path }) => HEAVY.some((name) => path.endsWith(name));

/** Jest's own order, with the heaviest tests last. */
export default class HeaviestLast extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter((test) => !isHeavy(test)), ...sorted.filter(isHeavy)];
  }
}
