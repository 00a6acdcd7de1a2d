import { expect, it } from 'vitest'
import { createHosts } from '../../src/notifications/hosts.ts'
import { createPaces } from '../../src/notifications/paces.ts'
import { subscriptionOf } from './delivery-bench.ts'

function openPaces() {
  const hosts = createHosts({ now: () => 0, retry: { firstMs: 100, mostMs: 1_000 } })
  const user = () => ({ isWaiting: () => false, onFree: () => undefined, onRecovered: () => undefined })
  const host = hosts.use('x', user())
  const paces = createPaces({ host, now: () => 0 })
  const learn = (id: string, uri: string) => paces.learn(subscriptionOf(uri, { id }), async () => undefined)
  /** Whether it is remembered that it has failed. */
  const isKnown = (uri: string): boolean => {
    const other = hosts.use('x', user())
    const hasFailed = other.endpoint(uri).hasFailed()
    other.leave()
    return hasFailed
  }
  return { paces, host, learn, isKnown }
}

it('knows of the endpoints that subscriptions have, and of none that no subscription has any more', async () => {
  const { paces, learn, isKnown } = openPaces()
  const uris = [1, 2, 3, 4].map((n) => `http://x/${n}`)
  const seen: number[] = []
  const fail = async (id: string, uri: string) => (await learn(id, uri)).breaker.failed(0)
  const then = async (act: () => unknown): Promise<void> => {
    await act()
    seen.push(uris.filter(isKnown).length)
  }
  await then(() => fail('a', 'http://x/1'))
  await then(() => fail('b', 'http://x/1'))
  for (let n = 2; n < 5; n++) await then(() => fail('a', `http://x/${n}`))
  await then(() => fail('b', 'http://x/4'))
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
  const { paces, host, learn } = openPaces()
  const pace = await learn('a', 'http://x/1')
  for (let i = 0; i < 4; i++) host.note('http://x/1', { ok: true }, 0)
  const most = (): number => {
    let underWay = 0
    const ends: (() => void)[] = []
    for (; underWay < 16 && paces.hasPlace(pace); underWay++) ends.push(paces.begin(pace))
    for (const end of ends) end()
    return underWay
  }
  expect(most()).toBe(16)
  await learn('b', 'http://x/2')
  expect(most()).toBe(8)
})
