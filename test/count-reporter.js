import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes how many tests passed and failed to VALETKEY_TEST_RESULTS, where that is set. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const folder = process.env.VALETKEY_TEST_RESULTS;
    if (folder === undefined) return;
    const broken = results.testResults.filter(({ testExecError }) => testExecError !== undefined);
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + broken.length,
    };
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(counts));
  }
}
