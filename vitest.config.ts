import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    // Property tests take seconds on a busy machine.
    testTimeout: 60_000,
  },
});
