import { defineConfig } from 'vitest/config'

const common = { testTimeout: 20_000, hookTimeout: 60_000, pool: 'forks' } as const

/** What is run on MongoDB, too: the HTTP tests as they are, with BOYA_TEST_STORE. */
const onBoth = ['test/http/**/*.test.ts']
const onMongodb = ['test/mongodb/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: { ...common, name: 'sqlite', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: onMongodb },
      },
      {
        test: {
          ...common,
          name: 'mongodb',
          include: [...onBoth, ...onMongodb],
          env: { BOYA_TEST_STORE: 'mongodb' },
          globalSetup: 'test/support/mongodb-server.ts',
          setupFiles: 'test/support/skip-without-mongodb.ts',
        },
      },
    ],
  },
})
