import { describe, expect, it } from 'vitest'
import { subscriptionNaming } from '../../../test/support/subscription-naming.ts'
import type { JsonObject } from '../model/entity.ts'
import { decodeSubscription } from './decode-subscription.ts'
import { type DeliveryFigures, renderSubscription } from './render-subscription.ts'

const NOW = Date.UTC(2026, 5, 1)
const naming = subscriptionNaming()

function shown(figures: DeliveryFigures = { timesSent: 0, timesFailed: 0 }): JsonObject {
  const notification = { endpoint: { uri: 'https://example.org/notify' } }
  const json = { type: 'Subscription', entities: [{ type: 'Room' }], notification }
  const { subscription, ...rest } = decodeSubscription(json, 'urn:s:1', naming, NOW)
  const stored = { ...rest, subscription: { ...subscription, jsonldContext: 'https://example.org/c' } }
  return renderSubscription(stored, { terms: naming.terms, now: NOW, figures, sysAttrs: false })
}

const plain = shown().notification as JsonObject

describe('5.2.14.2: figures', () => {
  it('are not shown where nothing has happened', () => {
    expect(shown({ timesSent: 0, timesFailed: 0 }).notification).toEqual(plain)
  })

  it.each<[string, DeliveryFigures, JsonObject]>([
    [
      'told',
      { timesSent: 2, timesFailed: 0, lastNotification: NOW, lastSuccess: NOW },
      { timesSent: 2, lastNotification: '2026-06-01T00:00:00Z', lastSuccess: '2026-06-01T00:00:00Z', status: 'ok' },
    ],
    [
      'never with success',
      { timesSent: 1, timesFailed: 1, lastNotification: NOW, lastFailure: NOW },
      {
        timesSent: 1,
        timesFailed: 1,
        lastNotification: '2026-06-01T00:00:00Z',
        lastFailure: '2026-06-01T00:00:00Z',
        status: 'failed',
      },
    ],
  ])('%s', (_, figures, expected) => {
    expect(shown(figures).notification).toEqual({ ...plain, ...expected })
  })

  it('status is that of the last attempt', () => {
    const both = (lastSuccess: number, lastFailure: number) =>
      shown({ timesSent: 2, timesFailed: 1, lastNotification: NOW, lastSuccess, lastFailure }).notification
    expect(both(NOW, NOW + 1)).toMatchObject({ status: 'failed' })
    expect(both(NOW + 1, NOW)).toMatchObject({ status: 'ok' })
  })
})
