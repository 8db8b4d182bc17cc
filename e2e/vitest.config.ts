import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The built page in Debian's Chromium: `npx vitest run --config e2e/vitest.config.ts`. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['e2e/**/*.test.ts'],
    globalSetup: ['e2e/serve.ts'],
    // One browser at a time: a machine in a tab takes every core there is.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
