// A process on a folder that others have, too. Arguments: the compiled stores/sqlite/open.js, the folder, how many
// increments. Told to go, it opens the store, and in some Tenants at once – which it makes – it increments a counter, and
// adds an entity with each; says which values of the counter it was told, and ends.

const [, , module, directory, increments] = process.argv
const { openSqliteStore } = await import(module)
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const instance = (value) => [{ type: 'Property', value, createdAt: 1, modifiedAt: 1 }]
const entity = (id, n) => ({
  id,
  types: [`urn:T:${n % 3}`],
  createdAt: 1,
  modifiedAt: 1,
  attributes: { 'urn:A:n': instance(n), [`urn:A:${n % 5}`]: instance(n) },
})
const increment = (current) => {
  const n = (current?.attributes['urn:A:n'][0].value ?? 0) + 1
  return { entity: entity('urn:x:counter', n), result: n }
}

async function count(store, tenant) {
  const call = { tenant, signal: () => new AbortController().signal, log }
  const told = []
  for (let i = 0; i < increments / 2; i++) {
    const both = Array.from({ length: 2 }, async (_, k) => {
      told.push(await store.entities.write(call, 'urn:x:counter', increment, 'make'))
      const id = `urn:x:${process.pid}:${i}:${k}`
      await store.entities.write(call, id, () => ({ entity: entity(id, i), result: undefined }))
    })
    await Promise.all(both)
  }
  return { tenant, told }
}

process.once('message', async (tenants) => {
  const limits = { tenantLength: 200, tenants: 100, entityBytes: 4_000_000, pageBytes: 9_000_000 }
  const store = await openSqliteStore({ directory, synchronous: 'normal', clock: Date, log, ...limits, shared: true })
  const counted = await Promise.all(tenants.map((tenant) => count(store, tenant)))
  await store.close()
  process.send(counted)
  process.disconnect()
})
process.send('here')
