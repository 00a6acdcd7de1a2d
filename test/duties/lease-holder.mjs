// Says on standard output when it acts, as long as it holds the lease: the time, which is one for all processes of a machine.
// Arguments: the folder of the compiled sources, the directory of the store, what the times of the lease are divided by.

const [, , built, directory, divisor] = process.argv
const { openSqliteStore } = await import(`${built}/stores/sqlite/open.js`)
const { createLease, TIMES } = await import(`${built}/duties/lease.js`)
const { keepLease } = await import(`${built}/duties/keep.js`)

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const store = await openSqliteStore({
  ...{ directory, synchronous: 'normal', clock: Date, log },
  ...{ tenantLength: 200, tenants: 100, entityBytes: 4_000_000, pageBytes: 9_000_000 },
})
const { signal } = new AbortController()
const call = { tenant: '', signal: () => signal, log }
const times = Object.fromEntries(Object.entries(TIMES).map(([name, ms]) => [name, ms / Number(divisor)]))
const lease = keepLease(createLease({ documents: store.documents, call, instance: `${process.pid}`, times }), log)

const timer = setInterval(() => {
  const now = process.hrtime.bigint()
  if (lease.term()?.signal().aborted === false) process.stdout.write(`${now}\n`)
}, 3)

process.once('SIGTERM', async () => {
  await lease.close()
  clearInterval(timer)
  await store.close()
})
