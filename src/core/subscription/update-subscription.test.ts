import { describe, expect, it } from 'vitest'
import { subscriptionNaming } from '../../../test/support/subscription-naming.ts'
import type { JsonObject } from '../model/entity.ts'
import { decodeSubscription } from './decode-subscription.ts'
import type { StoredSubscription } from './subscription.ts'
import { updateSubscription } from './update-subscription.ts'

const NOW = Date.UTC(2026, 5, 1)
const NULL = 'urn:ngsi-ld:null'
const endpoint = { uri: 'https://example.org/notify' }
const naming = subscriptionNaming()

function stored(members: JsonObject = {}): StoredSubscription {
  const json = { type: 'Subscription', entities: [{ type: 'Room' }], notification: { endpoint }, ...members }
  const decoded = decodeSubscription(json, 'urn:s:1', naming, NOW)
  return { ...decoded, subscription: { ...decoded.subscription, jsonldContext: 'https://example.org/c' } }
}

/** Of which every member is there. */
const full = {
  ...{ watchedAttributes: ['a'], notificationTrigger: ['entityCreated'], q: 'a>5', scopeQ: '/a', lang: 'en' },
  ...{ geoQ: { georel: 'within', geometry: 'Point', coordinates: [1, 2] }, datasetId: ['@none'], throttling: 5 },
  ...{ ngsildConformance: '1.6', expiresAt: '2099-01-01T00:00:00Z', isActive: false, expandValues: 'a' },
  notification: { pick: ['a'], format: 'concise', sysAttrs: true, endpoint },
} as const

describe('updateSubscription', () => {
  it.each(Object.entries(full))(
    '%s: set, it is as if it had been created so; removed, as if it had not',
    (name, value) => {
      const before = stored()
      const set = updateSubscription(before, { [name]: value }, naming, NOW)
      expect(set).toEqual(stored({ [name]: value }))
      if (name === 'notification') return
      expect(updateSubscription(set, { [name]: NULL }, naming, NOW)).toEqual(before)
    },
  )

  it.each(Object.keys(full))('%s: sent alone to one that has all, nothing else changes', (name) => {
    const before = stored(full)
    expect(updateSubscription(before, { [name]: full[name as keyof typeof full] }, naming, NOW)).toEqual(before)
  })

  it('under another @context, what is not sent means what it meant', () => {
    const before = stored(full)
    const { subscription } = updateSubscription(before, { description: 'x' }, subscriptionNaming('urn:B:'), NOW)
    expect(subscription).toEqual(before.subscription)
    const watching = updateSubscription(before, { watchedAttributes: ['a'] }, subscriptionNaming('urn:B:'), NOW)
    expect(watching.subscription.condition).toEqual({
      ...before.subscription.condition,
      watchedAttributes: ['urn:B:a'],
    })
    const lang = updateSubscription(before, { lang: 'fr' }, subscriptionNaming('urn:B:'), NOW)
    expect(lang.subscription.representation).toEqual({ ...before.subscription.representation, lang: 'fr' })
  })

  it('keeps createdAt and the id; modifiedAt moves, never back', () => {
    const before = stored()
    const later = updateSubscription(before, { description: 'x' }, naming, NOW + 5)
    expect(later).toMatchObject({ createdAt: NOW, modifiedAt: NOW + 5, sent: { id: 'urn:s:1' } })
    expect(updateSubscription(later, { description: 'y' }, naming, NOW - 5).modifiedAt).toBe(NOW + 5)
  })

  it('changes nothing of what it is given', () => {
    const before = stored(full)
    const copy = structuredClone(before)
    updateSubscription(before, { q: NULL, notification: { endpoint } }, naming, NOW)
    expect(before).toEqual(copy)
  })
})
