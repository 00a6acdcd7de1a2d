/** 4.8: `modifiedAt` is when an entity or an Attribute was modified: what changes nothing does not move it. */

import { beforeEach, describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const NULL = 'urn:ngsi-ld:null'

const ATTRIBUTES = {
  p: { value: 1, unitCode: 'CEL', sub: 1 },
  o: { value: { x: 1, inner: { y: [2] } } },
  l: { languageMap: { en: 'a' } },
  j: { json: { x: 1 } },
}

let id = ''
beforeEach(async () => {
  id = newId()
  await broker.create({ id, type: ['Room', 'Hall'], ...ATTRIBUTES })
})

async function expectUntouched(change: () => Promise<unknown>): Promise<void> {
  const before = await broker.entity(id, 'options=sysAttrs')
  clock.advance(1000)
  await change()
  expect(await broker.entity(id, 'options=sysAttrs')).toEqual(before)
}

describe.each([
  ['5.6.17 merge', 'patch', ''],
  ['5.6.2 update', 'patch', '/attrs'],
  ['5.6.3 append', 'post', '/attrs'],
] as const)('%s', (_, method, path) => {
  it.each([[{}], [{ type: 'Room' }], [{ type: ['Hall', 'Room'] }]])('of %j', async (fragment) => {
    await expectUntouched(() => broker[method](pathOf(id) + path, fragment).expect(204))
  })
})

describe('NGSI-LD Null of what is not there', () => {
  it.each([
    [{ expiresAt: NULL }],
    [{ scope: NULL }],
    [{ scope: NULL, expiresAt: NULL, type: 'Room' }],
    [{ absent: NULL }],
    [{ p: { observedAt: NULL } }],
    [{ p: { type: 'Property', absent: NULL } }],
    [{ p: { type: 'Property', sub: { type: 'Property', observedAt: NULL } } }],
    [{ absent: { languageMap: { es: NULL } } }],
    [{ o: { type: 'Property', value: { z: NULL, inner: { z: NULL } } } }],
    [{ o: { type: 'Property', value: {} } }],
    [{ l: { languageMap: { fr: NULL } }, j: { json: { z: NULL } } }],
  ])('5.6.17, 5.6.20 merge: %j', async (fragment) => {
    await expectUntouched(() => broker.patch(pathOf(id), fragment).expect(204))
    await expectUntouched(() => broker.post('/entityOperations/merge', [{ id, ...fragment }]).expect(204))
  })

  it.each([[{ expiresAt: NULL }, 204] as const, [{ scope: NULL }, 207] as const, [{ absent: NULL }, 207] as const])(
    '5.6.2 update: %j',
    async (fragment, status) => {
      await expectUntouched(() => broker.patch(`${pathOf(id)}/attrs`, fragment).expect(status))
    },
  )

  it.each([[{}], [{ type: 'Property' }], [{ observedAt: NULL }], [{ absent: NULL }], [{ datasetId: '@none' }]])(
    '5.6.4 partial update: %j',
    async (fragment) => {
      await expectUntouched(() => broker.patch(`${pathOf(id)}/attrs/p`, fragment).expect(204))
    },
  )
})

it('what is set or taken away is a change', async () => {
  const times: unknown[] = []
  for (const fragment of [
    { scope: '/a' },
    { scope: NULL },
    { expiresAt: '2099-01-01T00:00:00Z' },
    { expiresAt: NULL },
    { p: { unitCode: NULL } },
    { p: { type: 'Property', sub: NULL } },
    { p: 1 },
  ]) {
    clock.advance(1000)
    await broker.patch(pathOf(id), fragment).expect(204)
    times.push((await broker.entity(id, 'options=sysAttrs')).modifiedAt)
  }
  expect(new Set(times).size).toBe(times.length)
  expect(times.at(-1)).toBe(new Date(clock.now()).toISOString())
})
