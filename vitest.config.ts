import { defineConfig } from 'vitest/config'

const common = { testTimeout: 20_000, hookTimeout: 60_000, pool: 'forks' } as const

/** What is run on MongoDB, too: the HTTP tests as they are, with BOYA_TEST_STORE. */
const onBoth = ['test/http/**/*.test.ts']
const onMongodb = ['test/mongodb/**/*.test.ts']
/** By itself, as nobody else may use the server then; where it is told how the server is killed and started. */
const crash = ['test/mongodb-crash/**/*.test.ts']

const mongodb = {
  env: { BOYA_TEST_STORE: 'mongodb' },
  globalSetup: 'test/support/mongodb-server.ts',
  setupFiles: 'test/support/skip-without-mongodb.ts',
}

export default defineConfig({
  test: {
    // Much of what is tested waits: for a database, a disk, a time to pass.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'sqlite',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...onMongodb, ...crash],
        },
      },
      ...(process.env.BOYA_TEST_MONGODB_KILL === undefined
        ? []
        : [{ test: { ...common, ...mongodb, name: 'mongodb-crash', include: crash } }]),
      {
        test: {
          ...common,
          ...mongodb,
          name: 'mongodb',
          include: [...onBoth, ...onMongodb],
        },
      },
    ],
  },
})
