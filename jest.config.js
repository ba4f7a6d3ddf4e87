const swc = {
  jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
};

/** One setting for all; what differs is which folder of test/ a project runs. */
const project = (displayName, testMatch) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/test/${pattern}`),
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  extensionsToTreatAsEsm: ['.ts'],
});

/** `fast` needs nothing but Node; `stack` starts the local stack once and runs on it. */
export default {
  // Tests that start processes take their time on a busy machine.
  testTimeout: 180_000,
  // Two, also on a machine with two cores, where Jest by itself would use one.
  maxWorkers: 2,
  // Jest never frees the ES modules of a test file that is done.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/test/sequencer.js',
  reporters: ['default', '<rootDir>/test/count-reporter.js'],
  // `npm run coverage`. Istanbul's instrumentation knows more branches than V8's, and costs less.
  coverageProvider: 'babel',
  collectCoverageFrom: ['core/**/*.ts'],
  coverageReporters: ['json'],
  projects: [
    project('fast', ['{bin,core,adapters,lambdas,lib,workflow,architecture,second-opinion,presets,cli,ci,tools,simulation,dashboard}/**/*.test.ts']),
    {
      // Needs PyPI, Go modules, Maven Central and npm besides: `npm run test:clients`.
      ...project('clients', ['clients/**/*.test.ts']),
      globalSetup: '<rootDir>/test/e2e/start-stack.ts',
      globalTeardown: '<rootDir>/test/e2e/stop-stack.ts',
    },
    {
      ...project('stack', ['{e2e,contracts,local}/**/*.test.ts']),
      globalSetup: '<rootDir>/test/e2e/start-stack.ts',
      globalTeardown: '<rootDir>/test/e2e/stop-stack.ts',
    },
  ],
};
