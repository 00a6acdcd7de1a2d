/** Who is subscribed, where an instance does not reach the database for a while in which others change it. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'
import { change, type Instance, openInstance, subscribe, toldOf } from '../notifications/instance.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const call = callIn('')
const asked = (id: string, type: string) => subscriptionOf({ id, condition: { entities: [{ types: [[type]] }] } })
const ids = Array.from({ length: 10 }, (_, i) => `urn:s:${i}`)
let database: FreshDatabase
let proxy: TcpProxy
let near: Instance
let far: Instance
beforeEach(async () => {
  database = freshDatabase()
  proxy = await startTcpProxy(Number(new URL(mongodbUri() ?? '').port || 27_017))
  const away = new URL(database.uri)
  away.port = String(proxy.port)
  const open = (uri: string) =>
    openInstance((notices) => openMongoStore({ ...LIMITS, requestMs: 3_000, uri, clock: Date, log: quietLog, notices }))
  near = await open(database.uri)
  far = await open(away.href)
  await subscribe(near, call, 'urn:s:0', asked('urn:s:0', 'urn:T:Before'))
})
afterEach(async () => {
  await Promise.all([near, far].map((instance) => instance.close()))
  await proxy.close()
  await database.drop()
})

/** Changes that are made as soon as it can, until some have been made; whom those are told that were acknowledged. */
async function toldByChanges(type: string): Promise<readonly (readonly string[])[]> {
  const made: string[] = []
  for (const end = performance.now() + 15_000; made.length < 3 && performance.now() < end; ) {
    const entity = await change(far, call, type).catch(() => undefined)
    if (entity !== undefined) made.push(entity)
    else await pause(20)
  }
  return await Promise.all(made.map((entity) => toldOf(near, call, entity, 'http://example.org')))
}

it.each<[string, () => Promise<void>, () => Promise<void>]>([
  ['is frozen', async () => proxy.freeze(), async () => proxy.pass()],
  ['is cut', () => proxy.cut(), () => proxy.mend()],
])(
  'no change that is acknowledged after the way to it %s misses one that was subscribed meanwhile',
  async (_, away, back) => {
    await change(far, call)
    await away()
    for (const id of ids) await subscribe(near, call, id, asked(id, 'urn:T:New'))
    await pause(1_000)
    const changing = toldByChanges('urn:T:New')
    await pause(200)
    await back()
    expect(await changing).toEqual([ids, ids, ids])
    expect(await toldByChanges('urn:T:Before')).toEqual([[], [], []])
  },
)
