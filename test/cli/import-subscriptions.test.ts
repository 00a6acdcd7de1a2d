/** `boya import` of subscriptions, in this process: what is refused, replaced, left, and where they go. */

import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { decodeSubscription } from '../../src/core/subscription/decode-subscription.ts'
import type { StoredSubscription } from '../../src/core/subscription/subscription.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../../src/ports/subscription-documents.ts'
import { at, callIn, entity, NOW } from '../contract/contract-store.ts'
import { subscriptionNaming } from '../support/subscription-naming.ts'
import { entityIn, exported, exportOf, imported, newStore, withStore } from './transfer-stores.ts'

const naming = subscriptionNaming()
const DEFAULT = ['tenant', ''] as const
const CITY = ['tenant', 'city'] as const
const NOTHING = { tenants: 0, refused: 0, stoppedBy: undefined }

function subscription(id: string, more: object = {}): StoredSubscription {
  const endpoint = { uri: 'http://127.0.0.1:9/' }
  const json = { type: 'Subscription', entities: [{ type: 'Car' }], notification: { endpoint }, ...more }
  const decoded = decodeSubscription(json, id, naming, NOW)
  return { ...decoded, subscription: { ...decoded.subscription, jsonldContext: 'https://example.org/c' } }
}

const one = subscription('urn:s:1')
const two = subscription('urn:s:2', { expiresAt: '2026-12-01T00:00:00Z' })
const later = { ...subscription('urn:s:1', { isActive: false }), modifiedAt: NOW + 5 }
const file = exportOf(
  ...[DEFAULT, ['entity', entity('urn:x:1')] as const, ['subscription', one] as const, ['subscription', two] as const],
  ...[CITY, ['subscription', one] as const],
)

function subscriptionIn(config: Config, id: string, tenant = ''): Promise<unknown> {
  return withStore(config, ({ documents }) => documents.get(callIn(tenant), SUBSCRIPTION, id))
}

describe('subscriptions of a file', () => {
  it('are stored with their times; repeated, they stay; exported again, they are the same', async () => {
    const store = newStore()
    const created = { tenants: 1, entities: { created: 1 }, subscriptions: { created: 3, unchanged: 0, replaced: 0 } }
    expect(await imported(store, file)).toMatchObject({ ...NOTHING, ...created })
    expect(await subscriptionIn(store, 'urn:s:1', 'city')).toEqual(one)
    expect(await exported(store)).toBe(file)
    const again = { entities: { unchanged: 1 }, subscriptions: { created: 0, unchanged: 3 } }
    expect(await imported(store, file)).toMatchObject({ ...NOTHING, ...again })
  })

  it('are the same in whatever order their members stand', async () => {
    const store = newStore()
    await imported(store, file)
    const { sent, subscription, ...times } = one
    const turned = exportOf(DEFAULT, ['subscription', { ...times, subscription, sent }])
    expect(await imported(store, turned)).toMatchObject({ ...NOTHING, subscriptions: { unchanged: 1 } })
  })

  it.each([false, true])('are refused where others are there, dry run %s', async (dryRun) => {
    const store = newStore()
    await imported(store, exportOf(DEFAULT, ['subscription', later]))
    const result = await imported(store, file, { dryRun })
    expect(result).toMatchObject({ refused: 1, stoppedBy: undefined, subscriptions: { created: 2, unchanged: 0 } })
    const detail = `the subscription urn:s:1 exists already, and differs: modified at ${at(5)}, in the file at ${at(0).replace('.000', '')}`
    expect(result.refusals).toMatchObject([{ line: 4, entity: 'urn:s:1', problem: { title: 'Conflict', detail } }])
    expect(await subscriptionIn(store, 'urn:s:1')).toEqual(later)
  })

  it.each([false, true])('take their place where it is told to, dry run %s', async (dryRun) => {
    const store = newStore()
    await imported(store, exportOf(DEFAULT, ['subscription', later]))
    const replaced = { subscriptions: { created: 2, unchanged: 0, replaced: 1 } }
    expect(await imported(store, file, { replace: true, dryRun })).toMatchObject({ refused: 0, ...replaced })
    expect(await subscriptionIn(store, 'urn:s:1')).toEqual(dryRun ? later : one)
  })

  it('are of the Tenant that is asked for, and go where they are told to', async () => {
    const store = newStore()
    expect(await imported(store, file, { only: 'city', tenant: 'village' })).toMatchObject({
      ...{ refused: 0, subscriptions: { created: 1 } },
    })
    expect(await subscriptionIn(store, 'urn:s:1', 'village')).toEqual(one)
    expect(await subscriptionIn(store, 'urn:s:1')).toBeUndefined()
    expect(await exported(store, 'village')).toBe(exportOf(['tenant', 'village'], ['subscription', one]))
  })

  it('leave what became of those that are replaced, and bring none', async () => {
    const store = newStore()
    await imported(store, exportOf(DEFAULT, ['subscription', later]))
    const figures = { timesSent: 3, timesFailed: 0 }
    await withStore(store, ({ documents }) => documents.put(callIn(''), SUBSCRIPTION_FIGURES, 'urn:s:1', figures))
    expect(await exported(store)).toBe(exportOf(DEFAULT, ['subscription', later]))
    await imported(store, file, { replace: true })
    const kept = await withStore(store, ({ documents }) => documents.get(callIn(''), SUBSCRIPTION_FIGURES, 'urn:s:1'))
    expect(kept).toEqual(figures)
  })

  it('come in any number', async () => {
    const store = newStore()
    const many = Array.from({ length: 250 }, (_, i) => ['subscription', subscription(`urn:s:${1000 + i}`)] as const)
    const text = exportOf(DEFAULT, ...many)
    expect(await imported(store, text)).toMatchObject({ ...NOTHING, subscriptions: { created: 250 } })
    expect(await exported(store)).toBe(text)
  })
})

describe('a subscription that is wrong in itself', () => {
  const third = subscription('urn:s:3')
  const wide = { entities: Array.from({ length: 4 }, (_, i) => ({ type: `T${i}` })) }
  const other = { ...third.subscription, endpoint: { ...third.subscription.endpoint, uri: 'http://10.0.0.1/' } }
  it.each<[string, unknown, RegExp]>([
    ['none', 7, /expected a subscription as it is kept/],
    ['one that is told elsewhere than was sent', { ...third, subscription: other }, /\/subscription\/endpoint\/uri/],
    ['one of a shape that nobody can send', { ...third, sent: { ...third.sent, q: 5 } }, /\/q/],
    ['one that stands twice', one, /the subscription urn:s:1 stands in the file before/],
    ['one beyond a limit', subscription('urn:s:3', wide), /BOYA_MAX_SELECTION/],
    ['one that is too deep', JSON.parse(`{"sent":{"id":${'['.repeat(300)}${']'.repeat(300)}}}`), /BOYA_MAX_JSON_DEPTH/],
  ])('keeps nothing else out: %s', async (_, wrong, says) => {
    const config = { BOYA_MAX_SELECTION: '3' }
    const content = exportOf(DEFAULT, ['subscription', one], ['subscription', wrong], ['subscription', two])
    const store = newStore(config)
    const result = await imported(store, content)
    expect(result).toMatchObject({ refused: 1, stoppedBy: undefined, subscriptions: { created: 2 } })
    expect(result.refusals).toMatchObject([{ line: 4, problem: { detail: expect.stringMatching(says) } }])
    expect(await exported(store)).toBe(exportOf(DEFAULT, ['subscription', one], ['subscription', two]))
    const rehearsed = await imported(newStore(config), content, { dryRun: true })
    expect(rehearsed.refusals).toMatchObject(result.refusals.map(({ line, problem }) => ({ line, problem })))
  })
})

describe('a file without all of its subscriptions', () => {
  it('is noticed', async () => {
    const lines = file.split(/(?<=\n)/)
    const store = newStore()
    const { stoppedBy } = await imported(store, lines.toSpliced(4, 1).join(''))
    expect(stoppedBy?.message).toMatch(/line 7: the file had 3 subscriptions and has 2/)
    expect(await entityIn(store, 'urn:x:1')).toBeDefined()
  })
})
