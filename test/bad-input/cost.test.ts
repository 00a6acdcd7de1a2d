/** Input within the limits that is made to cost as much as can be: its cost must not grow faster than its size. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { API } from '../support/broker.ts'
import { brokerOfFile, entityIn, entityPath, expectAnswered, JSON_BODY, LD_BODY, type Sent, send } from './client.ts'

const ID = 'urn:ngsi-ld:Cost:1'
const MANY = 9_000
const attributes = (prefix: string, value: number) =>
  Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`${prefix}${i}`, value]))
const instances = (value: number) =>
  Array.from({ length: MANY }, (_, i) => ({ type: 'Property', value, datasetId: `urn:d:${i}` }))

/** Far more than it takes, far less than what a cost that grows with the square would take. */
const SOON = 3_000

describe('an entity with 9,000 of a thing', () => {
  const broker = brokerOfFile()
  const shapes = {
    Attributes: (value: number) => attributes('a', value),
    'instances of an Attribute': (value: number) => ({ a: instances(value) }),
    'sub-Attributes': (value: number) => ({ a: { type: 'Property', value, ...attributes('s', value) } }),
  }
  const changes: readonly (readonly [string, (body: string) => Sent])[] = [
    ['merged', (body) => ({ method: 'PATCH', path: entityPath(ID), headers: JSON_BODY, body })],
    ['updated', (body) => ({ method: 'PATCH', path: `${entityPath(ID)}/attrs`, headers: JSON_BODY, body })],
    ['appended to', (body) => ({ method: 'POST', path: `${entityPath(ID)}/attrs`, headers: JSON_BODY, body })],
    ['replaced', (body) => ({ method: 'PUT', path: entityPath(ID), headers: JSON_BODY, body })],
  ]
  beforeEach(() => send(broker, { method: 'DELETE', path: entityPath(ID) }))

  describe.each(Object.entries(shapes))('%s', (_, shape) => {
    it.each(changes)('is %s soon', async (_name, change) => {
      const whole = (value: number) => JSON.stringify({ id: ID, type: 'T', ...shape(value) })
      await send(broker, { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body: whole(1) })
      const started = performance.now()
      const answer = await send(broker, change(whole(2)))
      expect(answer.status, answer.text.slice(0, 300)).toBe(204)
      expect(performance.now() - started).toBeLessThan(SOON)
      expect(JSON.stringify((await entityIn(broker, ID)) ?? {})).not.toMatch(/"value":1\b/)
    })
  })
})

describe('text that makes patterns go back and forth', () => {
  const broker = brokerOfFile()
  const path = `${API}/entities?local=true`
  it.each<readonly [string, Sent]>([
    ['spaces in lang', { path: `${path}&lang=a${'+'.repeat(15_000)}x` }],
    ['commas in lang', { path: `${path}&lang=${','.repeat(15_000)}` }],
    ['hyphens in lang', { path: `${path}&lang=${'a-'.repeat(7_000)}` }],
    ['spaces in Link', { path, headers: { Link: `<a>;${' '.repeat(14_000)}x` } }],
    ['links in Link', { path, headers: { Link: '<a>,'.repeat(3_700) } }],
    ['parameters in Link', { path, headers: { Link: `<a>${';x=y'.repeat(3_500)}` } }],
    ['ranges in Accept', { path, headers: { Accept: 'a/b;q=0,'.repeat(1_800) } }],
    ['preferences', { path, headers: { Prefer: 'a=b;'.repeat(3_700) } }],
    ['tenants', { path, headers: { 'NGSILD-Tenant': 'a,'.repeat(7_000) } }],
    ['parentheses in type', { path: `${API}/entities?type=${'(a|b);'.repeat(2_600)}c` }],
    ['braces in pick', { path: `${path}&pick=${'a{'.repeat(7_000)}` }],
  ])('%s', async (_, sent) => {
    await send(broker, { path })
    const started = performance.now()
    expectAnswered(await send(broker, sent))
    expect(performance.now() - started).toBeLessThan(500)
  })
})

/** A timer that only a signal holds, which nobody holds, is lost then. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
})()

describe('slow hosts of @contexts', () => {
  const broker = brokerOfFile({ CONTEXT_TIMEOUT: '500ms', REQUEST_TIMEOUT: '1s' })
  let host: LoopbackServer
  beforeAll(async () => {
    host = await startLoopbackServer(() => undefined)
  })
  afterAll(() => host.stop())

  it.each([
    ['', () => undefined],
    [', also where the garbage is collected meanwhile', collectGarbage],
  ])('by the dozen keep a batch no longer than a request may take%s', async (which, meanwhile) => {
    const collecting = setInterval(meanwhile, 50)
    const elements = Array.from({ length: 24 }, (_, i) => ({
      id: `urn:x:${i}`,
      type: 'T',
      '@context': `${host.origin}/${which.length}/${i}`,
    }))
    const body = JSON.stringify([...elements, { id: ID, type: 'T', '@context': [] }])
    const started = performance.now()
    const answer = await send(broker, {
      method: 'POST',
      path: `${API}/entityOperations/upsert`,
      headers: LD_BODY,
      body,
    })
    clearInterval(collecting)
    expect(performance.now() - started).toBeLessThan(3_000)
    expectAnswered(answer)
    expect(answer.text).toContain('BOYA_REQUEST_TIMEOUT')
  })
})
