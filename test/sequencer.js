import Sequencer from '@jest/test-sequencer';

/**
 * They leave little of the machine to others, and the stream behind them grows old. So they run beside each other,
 * and not beside tests that count seconds until a reminder or an expiry.
 */
const HEAVY = ['e2e/kill-switch-capacity.test.ts', 'contracts/moto.test.ts'];

const isHeavy = ({ path }) => HEAVY.some((name) => path.endsWith(name));

/** Jest's own order, with the heaviest tests first. */
export default class HeaviestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(isHeavy), ...sorted.filter((test) => !isHeavy(test))];
  }
}
