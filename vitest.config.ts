import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'testbed/**/*.test.ts'],
    // Real configuration and command runs on a loaded machine of two cores; nothing here is timed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'threads',
    // All cores: the machine that tests has nothing else to do.
    maxWorkers: '100%',
    // Nothing under test keeps a state that a test could leave behind; what is loaded once serves all files.
    isolate: false,
  },
});
