import { defineConfig } from 'vitest/config';

// `development` makes an import of @parley/x reach that package's TypeScript sources.
const conditions = ['development', 'node', 'import', 'module', 'default'];
const resolve = { conditions };

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/vitest.json' },
    projects: [
      {
        resolve,
        ssr: { resolve },
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'test/source/**/*.test.ts'],
          // A property of a thousand cases takes a second, and several where others need the processor.
          testTimeout: 30_000,
          // One worker a processor, where the default leaves one free.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        ssr: { resolve },
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          testTimeout: 300_000,
          // It computes and waits for nothing.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        ssr: { resolve },
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // Real processes and real clocks: starving them of a processor breaks connections by itself.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve,
        ssr: { resolve },
        test: {
          name: 'screen',
          include: ['test/screen/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
