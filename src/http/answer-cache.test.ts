import { expect, it } from 'vitest'
import { createAnswerCache } from './answer-cache.ts'

const answer = (text: string) => ({ text, altered: false, size: 1 })

/** How many texts of 1,000 of such characters are remembered in 100,000 bytes. */
function remembered(character: string): number {
  const view = createAnswerCache(100_000).of('a view, whose name is not in every key')
  const states = Array.from({ length: 200 }, (_, i) => `${i} 0`)
  for (const state of states) view.remember(state, answer(character.repeat(1_000)))
  return states.filter((state) => view.find(state) !== undefined).length
}

it('counts the bytes that strings take in memory: two for each character where one of them is beyond Latin-1', () => {
  expect(remembered('a')).toBe(82)
  expect(remembered('ü')).toBe(82)
  expect(remembered('語')).toBe(45)
})

it('remembers what is shown in a view for this view; with no room nothing', () => {
  const cache = createAnswerCache(100_000)
  cache.of('one').remember('1 0', answer('in one'))
  cache.of('two').remember('1 0', answer('in two'))
  expect(cache.of('one').find('1 0')?.text).toBe('in one')
  expect(cache.of('two').find('1 0')?.text).toBe('in two')
  expect(cache.of('one').find('1 1')).toBeUndefined()
  const none = createAnswerCache(0).of('one')
  none.remember('1 0', answer('first'))
  expect(none.find('1 0')).toBeUndefined()
})

it('forgets views when there are very many, and mixes none up', () => {
  const cache = createAnswerCache(10_000_000)
  cache.of('first').remember('1 0', answer('first'))
  for (let i = 0; i < 10_001; i++) cache.of(`view ${i}`).remember('1 0', answer(`shown in ${i}`))
  expect(cache.of('first').find('1 0')).toBeUndefined()
  expect(cache.of('view 10000').find('1 0')?.text).toBe('shown in 10000')
})

it('remembers nothing of a view with a name that takes more memory than its texts', () => {
  const cache = createAnswerCache(10_000_000)
  const name = 'x'.repeat(2_001)
  cache.of(name).remember('1 0', answer('text'))
  expect(cache.of(name).find('1 0')).toBeUndefined()
})
