/** What a change of a subscription does with what it is owed. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { change, type Instance, openInstance, subscribe, toldOf } from './instance.ts'

const call = callIn('')
let instance: Instance
beforeEach(async () => {
  const files = { directory: ':memory:', synchronous: 'normal' } as const
  instance = await openInstance((notices) =>
    openSqliteStore({ ...LIMITS, ...files, clock: Date, log: quietLog, notices }),
  )
})
afterEach(() => instance.close())

const put = (id: string, uri: string): Promise<void> => {
  const condition = { triggers: ['entityCreated'] } as const
  return subscribe(instance, call, id, { ...subscriptionOf({ condition, endpoint: { uri } }), id })
}

it('goes with it to another host, but for a stream, whose connection gathers it and goes by what it finds', async () => {
  await put('urn:s:1', 'http://a.example/')
  await put('urn:s:2', 'stream://s.0')
  const entity = await change(instance, call)
  await put('urn:s:2', 'stream://s.1')
  await put('urn:s:1', 'http://b.example/')
  const owedIn = (queue: string) => toldOf(instance, call, entity, queue)
  await expect.poll(() => owedIn('http://b.example')).toEqual(['urn:s:1'])
  await pause(100)
  expect(await owedIn('stream://s.0')).toEqual(['urn:s:2'])
  expect(await owedIn('stream://s.1')).toEqual([])
})
