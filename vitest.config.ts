import { defineConfig } from 'vitest/config'

const common = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  pool: 'forks',
  // Modules are loaded once for all files that a process runs: none changes any.
  isolate: false,
  // What is waited for may take longer where others are tested beside it.
  expect: { poll: { timeout: 5_000 } },
} as const

/** Much of what is tested waits: for a database, a disk, a time to pass. */
const busy = { ...common, maxWorkers: 3, sequence: { groupOrder: 0 } }
/** By themselves, those that hold a promise about time, or start many processes: another test at most is beside them. */
const measured = { ...common, maxWorkers: 2, sequence: { groupOrder: 1 } }

/**
 * What is run on MongoDB, too, with BOYA_TEST_STORE: the HTTP tests as they are, in `npm run test:promises`. What they need
 * of a store is in its contract.
 */
const http = 'test/http/**/*.test.ts'
const onMongodb = ['test/mongodb/**/*.test.ts']
/** By itself, as nobody else may use the server then; where it is told how the server is killed and started. */
const crash = ['test/mongodb-crash/**/*.test.ts']

const promises = [
  'test/cli/{commands,demo,load-million,transfer}.test.ts',
  'test/{history-bounded,history-kept,contexts/sizes,contract/{closing,index-use},duties/processes}.test.ts',
  'test/workers/{endings,serve,store-processes}.test.ts',
  'test/bad-input/{connections,concurrency,cost,dear-queries,pages,process,queries,sizes,slow-queries}.test.ts',
  'test/http/santander-history.test.ts',
  'test/notifications/{delivery,flaky,isolation,large,periodic,replay}.test.ts',
]
const promisesOnMongodb = [
  'test/mongodb/{contract-past,faults,history,history-bounded,history-kept,index-use,instances,large,replay}.test.ts',
  'test/mongodb/{transfer,unwell}.test.ts',
]

const mongodb = {
  env: { BOYA_TEST_STORE: 'mongodb' },
  globalSetup: 'test/support/mongodb-server.ts',
  runner: 'test/support/skipping-runner.ts',
}

export default defineConfig({
  test: {
    globalSetup: 'test/support/temporary-folder.ts',
    // What one project has transformed is not transformed again by the others.
    experimental: { fsModuleCache: true },
    projects: [
      {
        test: {
          ...busy,
          name: 'sqlite',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...onMongodb, ...crash, ...promises],
        },
      },
      {
        test: {
          ...busy,
          ...mongodb,
          name: 'mongodb',
          include: onMongodb,
          exclude: promisesOnMongodb,
        },
      },
      { test: { ...busy, ...mongodb, name: 'mongodb-http', include: [http] } },
      { test: { ...measured, name: 'sqlite-measured', include: promises } },
      { test: { ...measured, ...mongodb, name: 'mongodb-measured', include: promisesOnMongodb } },
      ...(process.env.BOYA_TEST_MONGODB_KILL === undefined
        ? []
        : [{ test: { ...measured, ...mongodb, name: 'mongodb-crash', include: crash } }]),
    ],
  },
})
