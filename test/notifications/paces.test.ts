import { expect, it } from 'vitest'
import { createBreaker } from '../../src/notifications/breaker.ts'
import { createPaces } from '../../src/notifications/paces.ts'
import { subscriptionOf } from './delivery-bench.ts'

function openPaces() {
  const retry = { firstMs: 100, mostMs: 1_000 }
  const createOne = () => createBreaker({ now: () => 0, random: () => 0.5, retry, sparedAfter: 1 })
  const paces = createPaces({ createBreaker: createOne, now: () => 0 })
  const learn = (id: string, uri: string) => paces.learn(subscriptionOf(uri, { id }), async () => undefined)
  return { paces, learn }
}

it('knows of the endpoints that subscriptions have, and of none that no subscription has any more', async () => {
  const { paces, learn } = openPaces()
  const seen: number[] = []
  const then = async (act: () => unknown): Promise<void> => {
    await act()
    seen.push(paces.endpoints())
  }
  await then(() => learn('a', 'http://x/1'))
  await then(() => learn('b', 'http://x/1'))
  for (let n = 2; n < 5; n++) await then(() => learn('a', `http://x/${n}`))
  await then(() => learn('b', 'http://x/4'))
  await then(() => paces.forget('a'))
  await then(() => paces.forget('b'))
  expect(seen).toEqual([1, 1, 2, 2, 2, 1, 1, 0])
})

it('keeps what is known of an endpoint as long as one subscription has it', async () => {
  const { paces, learn } = openPaces()
  const { breaker } = await learn('a', 'http://x/1')
  breaker.failed(0)
  await learn('b', 'http://x/1')
  await learn('a', 'http://x/2')
  expect(paces.of('a')?.breaker.hasFailed()).toBe(false)
  expect((await learn('c', 'http://x/1')).breaker).toBe(breaker)
})

it('gives an endpoint no more places than it leaves, where there is another one', async () => {
  const { paces, learn } = openPaces()
  const pace = await learn('a', 'http://x/1')
  for (let i = 0; i < 3; i++) pace.breaker.succeeded()
  const most = (): number => {
    let underWay = 0
    const ends: (() => void)[] = []
    for (; underWay < 8 && paces.hasPlace(pace, 8 - underWay); underWay++) ends.push(paces.begin(pace))
    for (const end of ends) end()
    return underWay
  }
  expect(most()).toBe(8)
  await learn('b', 'http://x/2')
  expect(most()).toBe(4)
})
