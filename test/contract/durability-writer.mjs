// Writes as fast as it can and says on standard output what was acknowledged, until it is killed.
// Arguments: the compiled stores/sqlite/open.js, the directory, the number of the round.

const [, , module, directory, round] = process.argv
const { openSqliteStore } = await import(module)
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const clock = { now: () => Date.now() }
const store = await openSqliteStore({
  directory,
  synchronous: 'full',
  clock,
  log,
  tenantLength: 200,
  tenants: 100,
  entityBytes: 4_000_000,
  pageBytes: 9_000_000,
})
const call = { tenant: '', signal: new AbortController().signal, log }

const instance = (value) => [{ type: 'Property', value, createdAt: 1, modifiedAt: 1 }]
// Both attributes are written in one item; one of them is named after the number, so that index rows change too.
const state = (id, n) => ({
  id,
  types: [`urn:T:${n % 3}`],
  createdAt: 1,
  modifiedAt: n,
  attributes: { 'urn:A:n': instance(n), [`urn:A:${n % 5}`]: instance(n) },
})
const increment = (id) => (current) => {
  const n = (current?.modifiedAt ?? 0) + 1
  return { entity: state(id, n), result: n }
}

async function single(writer) {
  for (;;) {
    const id = `urn:x:single:${writer}`
    const n = await store.entities.write(call, id, increment(id))
    process.stdout.write(`${id} ${n}\n`)
  }
}

async function batches(writer) {
  for (let i = 0; ; i++) {
    const ids = Array.from({ length: 100 }, (_, k) => `urn:x:batch:${round}:${writer}:${i}:${k}`)
    await store.entities.writeMany(
      call,
      ids.map((id) => ({ id, change: increment(id) })),
    )
    process.stdout.write(`${ids.map((id) => `${id} 1\n`).join('')}`)
  }
}

await Promise.all([...Array.from({ length: 32 }, (_, i) => single(i)), batches(0), batches(1)])
