import { defineConfig } from 'vitest/config'

/** Files of the same kind load the same modules: once for all of them, as none changes any. */
const together = { isolate: false } as const
const common = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  pool: 'forks',
  // What is waited for may take longer where others are tested beside it.
  expect: { poll: { timeout: 5_000 } },
} as const

/** What is run on MongoDB, too: the HTTP tests as they are, with BOYA_TEST_STORE. */
const onBoth = ['test/http/**/*.test.ts']
const onMongodb = ['test/mongodb/**/*.test.ts']
/** By itself, as nobody else may use the server then; where it is told how the server is killed and started. */
const crash = ['test/mongodb-crash/**/*.test.ts']

const mongodb = {
  env: { BOYA_TEST_STORE: 'mongodb' },
  globalSetup: 'test/support/mongodb-server.ts',
  runner: 'test/support/skipping-runner.ts',
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
          include: ['test/**/*.test.ts'],
          exclude: [...onBoth, ...onMongodb, ...crash],
        },
      },
      { test: { ...common, ...together, name: 'core', include: ['src/**/*.test.ts'] } },
      { test: { ...common, ...together, name: 'http', include: onBoth } },
      ...(process.env.BOYA_TEST_MONGODB_KILL === undefined
        ? []
        : [{ test: { ...common, ...mongodb, name: 'mongodb-crash', include: crash } }]),
      {
        test: {
          ...common,
          ...together,
          ...mongodb,
          name: 'mongodb',
          include: [...onBoth, ...onMongodb],
        },
      },
    ],
  },
})
