import { expect, it } from 'vitest'
import { createBreaker } from '../../src/notifications/breaker.ts'

function breakerAfter(sparedAfter: number) {
  let now = 0
  const retry = { firstMs: 100, mostMs: 1_000 }
  const breaker = createBreaker({ now: () => now, random: () => 0.5, retry, sparedAfter })
  const pass = (ms: number): void => {
    now += ms
  }
  return { breaker, pass }
}

it('gives one place to whom nobody knows, and twice as many with each success, up to sixteen', () => {
  const { breaker } = breakerAfter(1)
  const places = [breaker.places()]
  for (let i = 0; i < 6; i++) {
    breaker.succeeded()
    places.push(breaker.places())
  }
  expect(places).toEqual([1, 2, 4, 8, 16, 16, 16])
  expect(breaker.isSpared()).toBe(false)
})

it('gives one place again to whom it spares, which is not before it has failed often enough in a row', () => {
  const { breaker, pass } = breakerAfter(3)
  for (let i = 0; i < 3; i++) breaker.succeeded()
  const seen: [number, boolean][] = []
  for (const failed of [true, true, false, true, true, true]) {
    pass(1)
    if (failed) breaker.failed(0)
    else breaker.succeeded()
    seen.push([breaker.places(), breaker.isSpared()])
  }
  expect(seen).toEqual([
    [8, false],
    [8, false],
    [16, false],
    [16, false],
    [16, false],
    [1, true],
  ])
  expect(breaker.waitMs()).toBe(75)
  pass(75)
  expect([breaker.waitMs(), breaker.isSpared()]).toEqual([0, true])
  breaker.succeeded()
  expect([breaker.places(), breaker.isSpared()]).toEqual([2, false])
})

it('begins with one and is not spared: who has only just come is no failure', () => {
  const { breaker } = breakerAfter(1)
  expect([breaker.places(), breaker.isSpared(), breaker.waitMs()]).toEqual([1, false, 0])
})

it('counts what fails together as one failure, and waits as long as the receiver asks for', () => {
  const { breaker, pass } = breakerAfter(1)
  for (let i = 0; i < 3; i++) breaker.succeeded()
  for (let i = 0; i < 8; i++) breaker.failed(i === 7 ? 400 : 0)
  expect(breaker.waitMs()).toBe(400)
  pass(400)
  breaker.failed(0)
  expect(breaker.waitMs()).toBe(150)
})
