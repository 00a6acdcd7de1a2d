import { expect, it } from 'vitest'
import { createAnswerCache } from './answer-cache.ts'

const answer = (text: string) => () => ({ text, altered: false, size: 1 })

/** How many texts of 1,000 of such characters are remembered in 100,000 bytes. */
function remembered(character: string): number {
  const cache = createAnswerCache(100_000)
  const keys = Array.from({ length: 200 }, (_, i) => `key ${i}`)
  for (const key of keys) cache.of(key, answer(character.repeat(1_000)))
  return keys.filter((key) => cache.find(key) !== undefined).length
}

it('counts the bytes that strings take in memory: two for each character where one of them is beyond Latin-1', () => {
  expect(remembered('a')).toBe(82)
  expect(remembered('ü')).toBe(82)
  expect(remembered('語')).toBe(45)
})

it('makes a text once, as long as it is remembered; with no room each time', () => {
  const cache = createAnswerCache(100_000)
  cache.of('key', answer('first'))
  expect(cache.of('key', answer('second')).text).toBe('first')
  const none = createAnswerCache(0)
  none.of('key', answer('first'))
  expect(none.of('key', answer('second')).text).toBe('second')
  expect(none.find('key')).toBeUndefined()
})
