// Closes a store again and again while a slow query of it is under way. Arguments: the compiled stores/sqlite/open.js, the
// folder, how often.

const [, , module, directory, rounds] = process.argv
const { openSqliteStore } = await import(module)
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const limits = { tenantLength: 200, tenants: 100, entityBytes: 4_000_000, pageBytes: 9_000_000 }
const call = { tenant: '', signal: () => new AbortController().signal, log }
const slow = { filter: { idPattern: '(x|y)*:.*7$' }, limit: 1, offset: 0, count: true }

for (let i = 0; i < rounds; i++) {
  const store = await openSqliteStore({ directory, synchronous: 'normal', clock: Date, log, ...limits })
  const asked = Array.from({ length: 4 }, () => store.entities.query(call, slow))
  const ends = Promise.allSettled(asked)
  // The first round trip with the thread that answers takes some time, and then it is in the midst of it.
  await new Promise((resolve) => setTimeout(resolve, 60 + 3 * i))
  await store.close()
  for (const { status, reason } of await ends) {
    if (status === 'rejected' && reason.message !== 'the store is closed') throw reason
  }
}
